import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import '../../../src/rules';
import { convAxes } from '../../../src/rules/convolution/geometry';
import { filterGradient } from '../../../src/rules/convolution/primitives';

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
  'many positions': { x: [3, 40, 33, 2], filter: [3, 3, 2, 3] },
  'many small images': { x: [150, 3, 2, 2], filter: [2, 2, 2, 3] },
  'patches side by side': { x: [2, 8, 12, 3], filter: [4, 4, 3, 5], strides: [4, 4], pad: 'valid' },
  'no image': { x: [0, 5, 5, 2], filter: [3, 3, 2, 4] },
  'no channel out': { x: [2, 5, 5, 2], filter: [3, 3, 2, 0] },
};

function call({ x: shape, filter, strides = [1, 1], dilations = [1, 1], pad = 'same' }: Case) {
  const attrs = { strides, dilations, pad, dataFormat: 'NHWC' };
  const x = tf.randomNormal(shape, 0, 1, 'float32', 1);
  const [h, w] = convAxes(shape, filter, attrs) as [
    ReturnType<typeof convAxes>[0],
    ReturnType<typeof convAxes>[0],
  ];
  const dy = tf.randomNormal([shape[0], h.out, w.out, filter[3]], 0, 1, 'float32', 2);
  return { x, dy, h, w, filter, attrs };
}

/** By the definition, in float64. */
function reference({ x, dy, h, w, filter: [kh, kw, c, m] }: ReturnType<typeof call>): number[] {
  const [xs, dys] = [x.dataSync(), dy.dataSync()];
  const dw = new Array<number>(kh * kw * c * m).fill(0);
  for (let n = 0; n < x.shape[0]!; n++)
    for (let p = 0; p < h.out; p++)
      for (let q = 0; q < w.out; q++)
        for (let k = 0; k < kh; k++)
          for (let l = 0; l < kw; l++) {
            const row = p * h.stride + k * h.dilation - h.before;
            const column = q * w.stride + l * w.dilation - w.before;
            if (row < 0 || row >= h.size || column < 0 || column >= w.size) continue;
            for (let i = 0; i < c; i++)
              for (let j = 0; j < m; j++)
                dw[((k * kw + l) * c + i) * m + j]! +=
                  xs[((n * h.size + row) * w.size + column) * c + i]! *
                  dys[((n * h.out + p) * w.out + q) * m + j]!;
          }
  return dw;
}

test.each(Object.entries(cases))('%s: as by the definition', (_, given) => {
  tf.tidy(() => {
    const it = call(given);
    const expected = reference(it);
    const found = filterGradient(it.x, it.dy, it.filter, it.attrs);
    expect(found.shape).toEqual(it.filter);
    const values = found.dataSync();
    const scale = Math.sqrt(it.dy.size / Math.max(1, it.filter[3]));
    expected.forEach((value, i) => expect(Math.abs(values[i]! - value)).toBeLessThan(2e-6 * (1 + scale)));
  });
});

const kernelsOf = async (run: () => tf.Tensor): Promise<string[]> =>
  (await tf.profile(() => tf.tidy(() => void run()))).kernelNames;

test("one kernel, and where the memory is not exported the backend's own", async () => {
  const it = call(cases['strides of two lengths']!);
  const run = (): tf.Tensor => tf.tidy(() => filterGradient(it.x, it.dy, it.filter, it.attrs));
  expect(await kernelsOf(run)).toEqual(['ConvFilterGradient']);
  const { wasm } = tf.backend() as unknown as { wasm: { asm: object } };
  const { asm } = wasm;
  const own = run();
  try {
    wasm.asm = { ...asm, memory: undefined };
    expect(await kernelsOf(run)).not.toContain('ConvFilterGradient');
    const other = run();
    other.dataSync().forEach((value, i) => expect(own.dataSync()[i]).toBeCloseTo(value, 4));
    other.dispose();
  } finally {
    wasm.asm = asm;
    tf.dispose([own, it.x, it.dy]);
  }
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
