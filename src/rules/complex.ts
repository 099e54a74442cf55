import {
  add,
  complex,
  div,
  equal,
  imag,
  mul,
  onesLike,
  real,
  where,
  zerosLike,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { defineRule } from '../core/rule';
import { batchInFront, elementwiseBatch, withBatch } from './families/batching';
import { linear } from './families/linear';
import { like } from './families/outputs';

// Complex numbers are pairs of reals, and cotangents are dL/dx + i dL/dy: see families/complexParts.ts.

defineRule('Complex', {
  vjp: { real: { pull: (ct) => real(ct) }, imag: { pull: (ct) => imag(ct) } },
  jvp: ({ tangents }) => {
    const zero = zerosLike((tangents.real ?? tangents.imag)!);
    return complex(tangents.real ?? zero, tangents.imag ?? zero);
  },
  batch: ({ inputs, size }) => complex(withBatch(inputs.real!, size), withBatch(inputs.imag!, size)),
  shape: like('real', 'complex64'),
});

linear('Real', 'input', {
  transpose: (ct) => complex(ct, zerosLike(ct)),
  batch: elementwiseBatch,
  shape: like('input', 'float32'),
});

linear('Imag', 'input', {
  transpose: (ct) => complex(zerosLike(ct), ct),
  batch: elementwiseBatch,
  shape: like('input', 'float32'),
});

// d |z| = (x dx + y dy) / |z|, and zero at zero
defineRule('ComplexAbs', {
  vjp: {
    x: {
      reads: ['x'],
      readsOutputs: [0],
      pull: (ct, { inputs: { x }, outputs: [size] }) => {
        const unit = div(ct, orOne(size!));
        return complex(mul(unit, real(x!)), mul(unit, imag(x!)));
      },
    },
  },
  jvp: ({ inputs: { x }, outputs: [size], tangents: { x: t } }) =>
    div(add(mul(real(x!), real(t!)), mul(imag(x!), imag(t!))), orOne(size!)),
  batch: batchInFront,
  shape: like('x', 'float32'),
});

function orOne(size: Tensor): Tensor {
  return where(equal(size, 0), onesLike(size), size);
}
