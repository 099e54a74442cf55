import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { cholesky as kernel } from '../../../src/linalg/kernels/cholesky';
import { registerLinalgKernel } from '../../../src/linalg/kernels/register';
import { sizes } from '../../support/runs';
import { tolerance } from '../../support/tolerance';
import {
  expectClose,
  lowerFactor,
  matrixOf,
  positiveDefinite,
  run,
  tensorOf,
  type Matrix,
} from './reference';

beforeAll(() => registerLinalgKernel(kernel, tf.getBackend()));

const factor = (stack: Matrix[], n: number) => run('TractCholesky', () => ({ a: tensorOf(stack, n, n) }))[0]!;

test.each(sizes([1, 2, 3, 4, 5, 16, 27, 32, 33, 48, 100, 147, 256]))(
  'TractCholesky is as good as the backend allows: n = %d',
  (n) => {
    for (const condition of [10, 1e3, 1e6]) {
      const a = positiveDefinite(n, condition, `${n} ${condition}`);
      expectClose(factor([a], n).rows, lowerFactor(a), tolerance().factored(condition));
    }
  },
);

test('TractCholesky reads the lower triangle only, and writes zeros above it', () => {
  const a = positiveDefinite(6, 10, 'triangle');
  const { rows } = factor([matrixOf(6, 6, (i, j) => (j > i ? NaN : a[i]![j]!))], 6);
  expectClose(rows, lowerFactor(a), tolerance().factored(10));
  expect(rows.every((row, i) => row.slice(i + 1).every((v) => v === 0))).toBe(true);
});

test('TractCholesky gives NaN for the matrices of a stack that are not positive definite, and only there', () => {
  const good = positiveDefinite(9, 10, 'good');
  const bad = matrixOf(9, 9, (i, j) => good[i]![j]! - (i === j ? 2 : 0));
  const { rows, shape } = factor([bad, good], 9);
  expect(shape).toEqual([2, 9, 9]);
  expect(rows.slice(0, 9).flat().every(Number.isNaN)).toBe(true);
  expectClose(rows.slice(9), lowerFactor(good), tolerance().factored(10));
});

test.each([
  [0, 3],
  [3, 0],
])('TractCholesky of %d matrices with n = %d is empty', (count, n) => {
  const found = run('TractCholesky', () => ({ a: tf.zeros([count, n, n]) }))[0]!;
  expect(found).toEqual({ shape: [count, n, n], dtype: 'float32', rows: [] });
});
