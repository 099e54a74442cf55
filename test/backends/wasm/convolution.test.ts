import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad } from '../../../src';
import { blockConv } from '../../../src/rules/convolution/blockConv';
import { convAxes, type Axis } from '../../../src/rules/convolution/geometry';
import { conv, filterGradient, inputGradient } from '../../../src/rules/convolution/primitives';
import { unfold } from '../../../src/rules/convolution/unfold';

interface Case {
  x: [number, number, number, number];
  filter: [number, number, number, number];
  strides?: [number, number];
  dilations?: [number, number];
  pad?: 'same' | 'valid' | [[0, 0], [number, number], [number, number], [0, 0]];
}

const cases: Record<string, Case> = {
  'one channel in and out': { x: [2, 5, 4, 1], filter: [3, 2, 1, 1] },
  'one image, seven channels out': { x: [1, 6, 9, 5], filter: [2, 3, 5, 7] },
  'strides of two lengths': { x: [3, 9, 8, 3], filter: [3, 4, 3, 10], strides: [2, 3] },
  dilation: { x: [2, 10, 11, 4], filter: [3, 2, 4, 6], dilations: [2, 3] },
  'without padding': { x: [2, 8, 7, 6], filter: [3, 3, 6, 9], pad: 'valid' },
  'a rest that no window sees': { x: [2, 8, 9, 2], filter: [3, 3, 2, 5], pad: 'valid', strides: [2, 4] },
  'padding in numbers': {
    x: [2, 5, 6, 3],
    filter: [3, 2, 3, 4],
    pad: [
      [0, 0],
      [0, 3],
      [2, 1],
      [0, 0],
    ],
  },
  'strides longer than the filter': { x: [2, 9, 8, 3], filter: [1, 2, 3, 4], strides: [2, 3] },
  'strides without padding, a rest': {
    x: [1, 10, 9, 3],
    filter: [5, 3, 3, 4],
    strides: [3, 2],
    pad: 'valid',
  },
  'many positions': { x: [3, 40, 33, 2], filter: [3, 3, 2, 3] },
  'many small images': { x: [150, 3, 2, 2], filter: [2, 2, 2, 3] },
  'patches side by side': { x: [2, 8, 12, 3], filter: [4, 4, 3, 5], strides: [4, 4], pad: 'valid' },
  'no image': { x: [0, 5, 5, 2], filter: [3, 3, 2, 4] },
  'no channel out': { x: [2, 5, 5, 2], filter: [3, 3, 2, 0] },
};

function call({ x: shape, filter: filterShape, strides = [1, 1], dilations = [1, 1], pad = 'same' }: Case) {
  const attrs = { strides, dilations, pad, dataFormat: 'NHWC' };
  const [h, w] = convAxes(shape, filterShape, attrs) as [Axis, Axis];
  const x = tf.randomNormal(shape, 0, 1, 'float32', 1);
  const dy = tf.randomNormal([shape[0], h.out, w.out, filterShape[3]], 0, 1, 'float32', 2);
  const filter = tf.randomNormal(filterShape, 0, 1, 'float32', 3);
  return { x, dy, filter, h, w, filterShape, attrs };
}

/** The convolution and its two gradients by the definition, in float64. */
function reference({ x, dy, filter, h, w, filterShape: [kh, kw, c, m] }: ReturnType<typeof call>) {
  const [xs, dys, ws] = [x.dataSync(), dy.dataSync(), filter.dataSync()];
  const [y, dx, dw] = [dys, xs, ws].map(({ length }) => new Array<number>(length).fill(0)) as [
    number[],
    number[],
    number[],
  ];
  for (let n = 0; n < x.shape[0]!; n++)
    for (let p = 0; p < h.out; p++)
      for (let q = 0; q < w.out; q++)
        for (let k = 0; k < kh; k++)
          for (let l = 0; l < kw; l++) {
            const row = p * h.stride + k * h.dilation - h.before;
            const column = q * w.stride + l * w.dilation - w.before;
            if (row < 0 || row >= h.size || column < 0 || column >= w.size) continue;
            for (let i = 0; i < c; i++)
              for (let j = 0; j < m; j++) {
                const atX = ((n * h.size + row) * w.size + column) * c + i;
                const atY = ((n * h.out + p) * w.out + q) * m + j;
                const atW = ((k * kw + l) * c + i) * m + j;
                y[atY]! += xs[atX]! * ws[atW]!;
                dx[atX]! += dys[atY]! * ws[atW]!;
                dw[atW]! += xs[atX]! * dys[atY]!;
              }
          }
  return { y, dx, dw };
}

function expectClose(found: tf.Tensor, expected: number[], shape: readonly number[], terms: number): void {
  expect(found.shape).toEqual(shape);
  const values = found.dataSync();
  const far = expected.map((value, i) => Math.abs(values[i]! - value));
  expect(far.every((d) => d < 2e-6 * (1 + Math.sqrt(terms)))).toBe(true);
}

test.each(Object.entries(cases))('%s: as by the definition', (_, given) => {
  tf.tidy(() => {
    const it = call(given);
    const { x, dy, filter, filterShape, attrs } = it;
    const expected = reference(it);
    const positions = dy.size / Math.max(1, filterShape[3]);
    expectClose(filterGradient(x, dy, filterShape, attrs), expected.dw, filterShape, positions);
    expectClose(inputGradient(dy, filter, x.shape, attrs), expected.dx, x.shape, filter.size);
    const y = tf.engine().makeTensorFromTensorInfo(blockConv(x, filter, attrs, tf.backend()));
    expectClose(y, expected.y, dy.shape, filter.size);
  });
});

const kernelsOf = async (run: () => tf.Tensor): Promise<string[]> =>
  (await tf.profile(() => tf.tidy(() => void run()))).kernelNames;

async function withoutMemory(body: () => Promise<void>): Promise<void> {
  const { wasm } = tf.backend() as unknown as { wasm: { asm: object } };
  const { asm } = wasm;
  try {
    wasm.asm = { ...asm, memory: undefined };
    await body();
  } finally {
    wasm.asm = asm;
  }
}

test('one kernel each, and where the memory is not exported others', async () => {
  const { x, dy, filter, filterShape, attrs } = call({ x: [2, 6, 7, 15], filter: [3, 3, 15, 4] });
  const ways: Record<string, () => tf.Tensor> = {
    BlockConv2D: () => conv(x, filter, attrs),
    ConvFilterGradient: () => filterGradient(x, dy, filterShape, attrs),
    ConvInputGradient: () => inputGradient(dy, filter, x.shape, attrs),
  };
  for (const [name, way] of Object.entries(ways)) {
    expect(await kernelsOf(way)).toEqual([name]);
    const own = tf.tidy(way);
    await withoutMemory(async () => {
      expect(await kernelsOf(way)).not.toContain(name);
      const other = tf.tidy(way);
      other.dataSync().forEach((value, i) => expect(own.dataSync()[i]).toBeCloseTo(value, 4));
      other.dispose();
    });
    own.dispose();
  }
  tf.dispose([x, dy, filter]);
});

test('what is not a number stays in its channels', () => {
  tf.tidy(() => {
    const dy = tf.ones([1, 4, 4, 3]);
    const x = tf.where(
      tf.oneHot(tf.tensor(1, [], 'int32'), 2).cast('bool'),
      tf.fill([1, 4, 4, 2], NaN),
      tf.ones([1, 4, 4, 2]),
    );
    const dw = filterGradient(x, dy, [1, 2, 2, 3], { strides: 1, pad: 'valid', dilations: 1 });
    expect([...dw.dataSync()].map(Number.isNaN)).toEqual(
      [0, 1].flatMap(() => [false, false, false, true, true, true]),
    );
  });
});

const withOutputs = Object.entries(cases).filter(([, { filter }]) => filter[3] > 0);

test.each(withOutputs)('%s: patches are those of a convolution with the identity', (_, given) => {
  tf.tidy(() => {
    const { x, filter, filterShape, attrs } = call(given);
    const rows = unfold(x, filterShape, attrs);
    const y = conv(x, filter, attrs);
    const product = tf.matMul(rows, tf.reshape(filter, [-1, filterShape[3]]) as tf.Tensor2D);
    expectClose(product, [...y.dataSync()], [y.size / filterShape[3], filterShape[3]], filter.size);
    const back = grad((t: tf.Tensor) => tf.sum(unfold(t, filterShape, attrs)))(x);
    expect(back.shape).toEqual(x.shape);
    const seen = inputGradient(tf.onesLike(y), tf.fill(filterShape, 1 / filterShape[3]), x.shape, attrs);
    expectClose(back, [...seen.dataSync()], x.shape, filter.size);
  });
});
