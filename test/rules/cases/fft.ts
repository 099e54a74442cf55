import * as tf from '@tensorflow/tfjs-core';
import type { RuleCase } from '../case';

/** The real and the imaginary part. */
const parts = (z: tf.Tensor): tf.Tensor[] => [tf.real(z), tf.imag(z)];
const missing = { wasm: 'no complex tensors' };

const transforms: [kernel: string, op: (z: tf.Tensor) => tf.Tensor][] = [
  ['FFT', tf.fft],
  ['IFFT', tf.ifft],
];

const cases: RuleCase[] = [
  ...transforms.flatMap(([kernel, op]) =>
    [[4], [3], [2, 5]].map((shape): RuleCase => ({
      kernel,
      name: `of [${String(shape)}]`,
      args: [{ shape }, { shape }],
      f: (x, y) => parts(op(tf.complex(x, y))),
      missing,
    })),
  ),
  {
    kernel: 'FFT',
    name: 'power spectrum',
    args: [{ shape: [2, 4] }],
    f: (x) => tf.abs(tf.fft(tf.cast(x, 'complex64'))),
    missing,
  },
  { kernel: 'FFT', name: 'rfft', args: [{ shape: [2, 6] }], f: (x) => parts(tf.spectral.rfft(x)), missing },
  {
    kernel: 'IFFT',
    name: 'irfft',
    args: [{ shape: [2, 4] }, { shape: [2, 4] }],
    f: (x, y) => tf.spectral.irfft(tf.complex(x, y)),
    missing,
  },
  {
    kernel: 'Complex',
    name: 'parts',
    args: [{ shape: [2, 3] }, { shape: [2, 3] }],
    f: (x, y) => parts(tf.complex(x, y)),
    missing,
  },
  {
    kernel: 'Real',
    name: 'of a product',
    args: [{ shape: [3] }, { shape: [3] }],
    f: (x, y) => tf.real(square(tf.complex(x, y))),
    missing,
  },
  {
    kernel: 'Imag',
    name: 'of a product',
    args: [{ shape: [3] }, { shape: [3] }],
    f: (x, y) => tf.imag(square(tf.complex(x, y))),
    missing,
  },
  {
    kernel: 'ComplexAbs',
    name: 'away from zero',
    args: [
      { shape: [2, 3], range: [1, 2] },
      { shape: [2, 3], range: [-2, -1] },
    ],
    f: (x, y) => tf.abs(tf.complex(x, y)),
    missing,
  },
  {
    kernel: 'Cast',
    name: 'float to complex',
    args: [{ shape: [3] }],
    f: (x) => parts(square(tf.cast(x, 'complex64'))),
    missing,
  },
  {
    kernel: 'Cast',
    name: 'complex to float',
    args: [{ shape: [3] }, { shape: [3] }],
    f: (x, y) => tf.cast(square(tf.complex(x, y)), 'float32'),
    missing,
  },
  {
    kernel: 'Add',
    name: 'complex, broadcast',
    args: [{ shape: [2, 1] }, { shape: [3] }],
    f: (x, y) => parts(square(tf.add(tf.complex(x, x), tf.complex(y, tf.neg(y))))),
    missing,
  },
  {
    kernel: 'Multiply',
    name: 'complex, of another rank',
    args: [{ shape: [2] }, { shape: [2] }, { shape: [3, 2] }, { shape: [3, 2] }],
    f: (a, b, c, d) => parts(square(tf.mul(tf.complex(a, b), tf.complex(c, d)))),
    missing,
  },
  {
    kernel: 'Reshape',
    name: 'complex: the tensor itself stays as it was',
    args: [{ shape: [2, 3] }, { shape: [2, 3] }],
    f: (x, y) => {
      const z = tf.complex(x, y);
      return [...parts(square(tf.reshape(z, [3, 2]))), ...parts(z)];
    },
    missing,
  },
  {
    kernel: 'ExpandDims',
    name: 'complex: the tensor itself stays as it was',
    args: [{ shape: [2, 3] }, { shape: [2, 3] }],
    f: (x, y) => {
      const z = tf.complex(x, y);
      return [...parts(square(tf.expandDims(z, 1))), ...parts(z)];
    },
    missing,
  },
  {
    kernel: 'Identity',
    name: 'complex',
    args: [{ shape: [3] }],
    f: (x) => parts(tf.clone(tf.complex(x, x))),
    missing,
  },
];

function square(z: tf.Tensor): tf.Tensor {
  return tf.mul(z, z);
}

export default cases;
