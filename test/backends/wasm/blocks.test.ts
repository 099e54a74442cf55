import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { runKernel } from '../../../src/core/kernel';
import '../../../src/rules';

const random = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);

/** Each value within so many roundings of float32 of a sum of `terms` products, for operands about one. */
function expectClose(found: tf.Tensor, expected: number[], terms: number): void {
  const values = found.dataSync();
  expect(values).toHaveLength(expected.length);
  const far = expected.map((value, i) => Math.abs(values[i]! - value));
  expect(far.every((d) => d < 3e-6 * (1 + Math.sqrt(terms)))).toBe(true);
}

const products: [n: number, k: number, m: number][] = [
  [5, 1, 1],
  [4, 4, 4],
  [6, 7, 5],
  [33, 70, 9],
  [64, 300, 20],
  [7, 513, 3],
  [40, 5, 530],
  [0, 3, 4],
  [4, 0, 3],
  [4, 3, 0],
];
const flags = [
  [false, false],
  [true, false],
  [false, true],
  [true, true],
] as const;

const stacks: [number[], number[]][] = [
  [[], []],
  [[3], [3]],
  [[2], [1]],
  [[1, 1], [2]],
];

test.each(products)('products [%i, %i] [, %i], stacked and transposed: as by the definition', (n, k, m) => {
  for (const [transposeA, transposeB] of flags)
    for (const [stackA, stackB] of stacks)
      tf.tidy(() => {
        const a = random([...stackA, ...(transposeA ? [k, n] : [n, k])], 1);
        const b = random([...stackB, ...(transposeB ? [m, k] : [k, m])], 2);
        const z = runKernel<tf.Tensor>('BlockMatMul', { a, b }, { transposeA, transposeB });
        const [as, bs] = [a.dataSync(), b.dataSync()];
        const [countA, countB] = [stackA, stackB].map((stack) => tf.util.sizeFromShape(stack)) as [
          number,
          number,
        ];
        const expected: number[] = [];
        for (let s = 0; s < Math.max(countA, countB); s++) {
          const [atA, atB] = [countA === 1 ? 0 : s * n * k, countB === 1 ? 0 : s * k * m];
          for (let i = 0; i < n; i++)
            for (let j = 0; j < m; j++) {
              let sum = 0;
              for (let p = 0; p < k; p++)
                sum +=
                  as[atA + (transposeA ? p * n + i : i * k + p)]! *
                  bs[atB + (transposeB ? j * k + p : p * m + j)]!;
              expected.push(sum);
            }
        }
        const rank = Math.max(a.rank, b.rank);
        const stack = rank === 2 ? [] : rank === 3 ? [Math.max(countA, countB)] : [1, countB];
        expect(z.shape).toEqual([...stack, n, m]);
        expectClose(z, expected, k);
      });
});

test.each<[number[], number[], boolean]>([
  [[32, 33], [0], false],
  [[700, 3], [0], false],
  [[5, 301], [0], false],
  [[129, 10], [0], true],
  [[40, 30], [1], false],
  [[3, 150, 7], [1], false],
  [[3, 5, 7, 33], [1, 2], true],
  [[3, 1, 17, 43], [0, 2], false],
  [[2, 3, 700], [2], true],
  [[2, 3, 701], [0, 1, 2], false],
  [[4001], [0], false],
  [[1024, 1], [0], false],
])('sum of %j over %j (axes kept: %s): as by the definition', (shape, axis, keepDims) => {
  tf.tidy(() => {
    const x = random(shape, 1);
    const sum = runKernel<tf.Tensor>('BlockSum', { x }, { axis, keepDims });
    expect(sum.shape).toEqual(shape.flatMap((n, i) => (axis.includes(i) ? (keepDims ? [1] : []) : [n])));
    const strides = shape.map((_, i) => tf.util.sizeFromShape(shape.slice(i + 1)));
    const expected = new Array<number>(sum.size).fill(0);
    x.dataSync().forEach((value, i) => {
      let at = 0;
      shape.forEach((n, a) => {
        if (!axis.includes(a)) at = at * n + (Math.floor(i / strides[a]!) % n);
      });
      expected[at]! += value;
    });
    expectClose(sum, expected, x.size / sum.size);
  });
});

test('what is not a number stays in its row and column', () => {
  tf.tidy(() => {
    const a = tf.tensor2d(
      Float32Array.from({ length: 5 * 40 }, (_, i) => (i === 7 * 5 + 2 ? NaN : 1)),
      [40, 5],
    );
    const b = tf.ones([40, 3]);
    const z = runKernel<tf.Tensor>('BlockMatMul', { a, b }, { transposeA: true, transposeB: false });
    expect([...z.dataSync()].map((v) => (Number.isNaN(v) ? 'NaN' : v))).toEqual(
      [40, 40, 'NaN', 40, 40].flatMap((v) => [v, v, v]),
    );
    const x = tf.reshape(tf.tile(a, [10, 1]), [400, 5]);
    const sum = runKernel<tf.Tensor>('BlockSum', { x }, { axis: [0], keepDims: false });
    expect([...sum.dataSync()].map((v) => (Number.isNaN(v) ? 'NaN' : v))).toEqual([
      400,
      400,
      'NaN',
      400,
      400,
    ]);
  });
});

test('many sums have less error than one by one', () => {
  tf.tidy(() => {
    const x = tf.fill([100000, 4], 0.1);
    const [one] = runKernel<tf.Tensor>('BlockSum', { x }, { axis: [0], keepDims: false }).dataSync();
    expect(Math.abs(one! / (100000 * Math.fround(0.1)) - 1)).toBeLessThan(1e-6);
  });
});
