/**
 * Kernels of our own on the wasm backend against what they stand for, in turn, least times.
 *
 *     node bench/run.mjs bench/kernels.ts [--only filter,product,sum] [--seconds 1]
 */
import * as tf from '@tensorflow/tfjs-core';
import { parseArgs } from 'node:util';
import '../src/rules';
import { runKernel } from '../src/core/kernel';
import { BLOCK_MAT_MUL } from '../src/rules/blockMatMul';
import { BLOCK_SUM } from '../src/rules/blockSum';
import { blockConv } from '../src/rules/convolution/blockConv';
import { convOfTransposed } from '../src/rules/convolution/filterGradient';
import { convAxes } from '../src/rules/convolution/geometry';
import { inputGradientOfConvs } from '../src/rules/convolution/inputGradient';
import { filterGradient, inputGradient } from '../src/rules/convolution/primitives';
import { alternate, processorClock } from './support/alternate';
import { start } from './support/backends';

const { values } = parseArgs({
  options: { only: { type: 'string' }, seconds: { type: 'string', default: '1' } },
});
await start('wasm');

/** Prints times of own and other ways, and the rate of the first. */
function compare(title: string, ways: Record<string, () => tf.Tensor>, operations?: number): void {
  const bodies = Object.fromEntries(
    Object.entries(ways).map(([name, way]) => [name, () => tf.tidy(() => void way())]),
  );
  const [own, ...others] = Object.values(ways) as (() => tf.Tensor)[];
  const far = others.map((other) =>
    tf.tidy(() => {
      const y = other();
      return tf.div(tf.max(tf.abs(tf.sub(own!(), y))), tf.max(tf.abs(y))).dataSync()[0]!;
    }),
  );
  const times = Object.entries(alternate(bodies, Number(values.seconds), processorClock));
  const best = times[0]![1].best;
  const text = times.map(([name, time]) => `${name} ${time.best.toFixed(3)} ms`);
  const rate = operations === undefined ? '' : `, ${(operations / best / 1e6).toFixed(1)} GFLOP/s`;
  const ratios = times.slice(1).map(([, time]) => (time.best / best).toFixed(2));
  console.log(
    `${title}: ${text.join(', ')}: ${ratios.join(' and ')} times${rate}; apart by ${far.map((d) => d.toExponential(0)).join(' and ')}`,
  );
}

/** [batch, size, channels in, channels out, taps, stride] */
const convolutions = [
  [32, 32, 3, 16, 3, 1],
  [32, 28, 1, 16, 3, 1],
  [32, 14, 16, 32, 3, 1],
  [4, 32, 64, 64, 3, 1],
  [4, 16, 128, 128, 3, 1],
  [4, 16, 128, 256, 3, 2],
  [4, 8, 256, 256, 3, 1],
  [4, 4, 512, 512, 3, 1],
  [4, 224, 3, 64, 7, 2],
  [4, 224, 3, 384, 16, 16],
  [8, 32, 3, 64, 3, 1],
  [2, 9, 5, 7, 3, 1],
] as const;

const groups: Record<string, () => void> = {
  conv() {
    for (const [n, size, c, m, taps, stride] of convolutions) {
      const x = tf.randomNormal([n, size, size, c]) as tf.Tensor4D;
      const filter = tf.randomNormal([taps, taps, c, m]) as tf.Tensor4D;
      const attrs = { strides: [stride, stride], pad: 'same', dilations: [1, 1] };
      const y = tf.conv2d(x, filter, stride, 'same');
      const title = `${c} to ${m}, ${taps} x ${taps} / ${stride} on ${size} x ${size}, batch ${n}`;
      const operations = 2 * y.size * taps * taps * c;
      compare(
        `convolution ${title}`,
        {
          own: () => tf.engine().makeTensorFromTensorInfo(blockConv(x, filter, attrs, tf.backend())),
          tfjs: () => tf.conv2d(x, filter, stride, 'same'),
        },
        operations,
      );
      const axes = convAxes(x.shape, filter.shape, attrs);
      compare(
        `input gradient ${title}`,
        {
          own: () => inputGradient(y, filter, x.shape, attrs),
          composed: () => inputGradientOfConvs(y, filter, x.shape, axes),
        },
        operations,
      );
      tf.dispose([x, filter, y]);
    }
  },

  filter() {
    for (const [n, size, c, m, taps, stride] of convolutions) {
      const x = tf.randomNormal([n, size, size, c]) as tf.Tensor4D;
      const filterShape: [number, number, number, number] = [taps, taps, c, m];
      const y = tf.conv2d(x, tf.zeros(filterShape), stride, 'same');
      const dy = tf.randomNormal(y.shape);
      const attrs = { strides: [stride, stride], pad: 'same', dilations: [1, 1] };
      compare(
        `filter gradient ${c} to ${m}, ${taps} x ${taps} / ${stride} on ${size} x ${size}, batch ${n}`,
        {
          own: () => filterGradient(x, dy, filterShape, attrs),
          transposed: () => convOfTransposed(x, dy, convAxes(x.shape, filterShape, attrs)),
        },
        2 * dy.size * taps * taps * c,
      );
      tf.dispose([x, dy, y]);
    }
  },
  product() {
    const cases = [
      [128, 784, 256],
      [784, 128, 256],
      [256, 256, 256],
      [128, 256, 10],
      [256, 128, 10],
      [32, 16384, 10],
      [16384, 32, 10],
      [32, 10, 16384],
      [512, 512, 512],
      [520, 384, 384],
      [520, 384, 1536],
      [65, 65, 32],
      [32, 32, 32],
      [1, 784, 256],
      [8, 8, 8],
    ] as const;
    for (const [n, k, m] of cases) {
      for (const [transposeA, transposeB] of [
        [false, false],
        [true, false],
        [false, true],
      ] as const) {
        const a = tf.randomNormal(transposeA ? [k, n] : [n, k]) as tf.Tensor2D;
        const b = tf.randomNormal(transposeB ? [m, k] : [k, m]) as tf.Tensor2D;
        compare(
          `product [${n}, ${k}] [${k}, ${m}]${transposeA ? ', first transposed' : ''}${transposeB ? ', second transposed' : ''}`,
          {
            own: () => runKernel(BLOCK_MAT_MUL, { a, b }, { transposeA, transposeB }),
            tfjs: () => tf.matMul(transposeA ? tf.transpose(a) : a, transposeB ? tf.transpose(b) : b),
          },
          2 * n * k * m,
        );
        tf.dispose([a, b]);
      }
    }
  },

  sum() {
    const cases: [number[], number[]][] = [
      [
        [32, 32, 32, 16],
        [0, 1, 2],
      ],
      [[128, 256], [0]],
      [[128, 10], [0]],
      [[520, 384], [0]],
      [[520, 384], [1]],
      [[128, 10], [1]],
      [[8, 6, 65, 65], [3]],
      [
        [4, 8, 8, 512],
        [1, 2],
      ],
      [
        [32, 16384],
        [0, 1],
      ],
      [[32], [0]],
    ];
    for (const [shape, axis] of cases) {
      const x = tf.randomNormal(shape);
      compare(`sum of [${shape}] over ${axis}`, {
        own: () => runKernel(BLOCK_SUM, { x }, { axis, keepDims: false }),
        tfjs: () => tf.sum(x, axis),
      });
      x.dispose();
    }
  },
};

for (const [name, group] of Object.entries(groups))
  if (!values.only || values.only.split(',').includes(name)) group();
