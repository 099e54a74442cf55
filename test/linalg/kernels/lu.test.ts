import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { registerLinalgKernels } from '../../../src/linalg/kernels/register';
import { expectClose, gaussian, matrixOf, product, run, tensorOf, type Matrix } from './reference';

beforeAll(() => registerLinalgKernels(tf.getBackend()));

const factor = (stack: Matrix[], n: number) => run('TractLU', () => ({ a: tensorOf(stack, n, n) }));

test.each([1, 2, 3, 4, 5, 16, 27, 33, 48, 100, 147, 256])(
  'TractLU: L U is P A, and |L| <= 1; n = %d',
  (n) => {
    const a = gaussian(n, n, `lu ${n}`);
    const [lu, permutation] = factor([a], n);
    expect(permutation).toMatchObject({ shape: [1, n], dtype: 'int32' });
    const order = permutation!.rows[0]!;
    expect(order.toSorted((i, j) => i - j)).toEqual(Array.from({ length: n }, (_, i) => i));
    const lower = matrixOf(n, n, (i, j) => (i === j ? 1 : i > j ? lu!.rows[i]![j]! : 0));
    const upper = matrixOf(n, n, (i, j) => (i <= j ? lu!.rows[i]![j]! : 0));
    expect(lower.flat().every((v) => Math.abs(v) <= 1)).toBe(true);
    expectClose(
      product(lower, upper),
      order.map((row) => a[row]!),
      3e-6,
    );
  },
);

test('TractLU pivots each matrix of a stack by itself', () => {
  const [lu, permutation] = factor(
    [
      [
        [0, 2],
        [1, 0],
      ],
      [
        [4, 1],
        [2, 3],
      ],
    ],
    2,
  );
  expect(permutation!.rows).toEqual([
    [1, 0],
    [0, 1],
  ]);
  expect(lu!.rows).toEqual([
    [1, 0],
    [0, 2],
    [4, 1],
    [0.5, 2.5],
  ]);
});

test('TractLU of a singular matrix has a zero pivot, and of NaN ends', () => {
  const [lu] = factor([matrixOf(3, 3, () => 1)], 3);
  expect(lu!.rows).toEqual([
    [1, 1, 1],
    [1, 0, 0],
    [1, 0, 0],
  ]);
  const [nan] = factor([matrixOf(5, 5, () => NaN)], 5);
  expect(nan!.rows.flat().every(Number.isNaN)).toBe(true);
});

test.each([
  [0, 3],
  [3, 0],
])('TractLU of %d matrices with n = %d is empty', (count, n) => {
  expect(run('TractLU', () => ({ a: tf.zeros([count, n, n]) }))).toEqual([
    { shape: [count, n, n], dtype: 'float32', rows: [] },
    { shape: [count, n], dtype: 'int32', rows: [] },
  ]);
});
