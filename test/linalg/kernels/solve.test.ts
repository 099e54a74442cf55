import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { solve as kernel } from '../../../src/linalg/kernels/solve';
import { registerLinalgKernel } from '../../../src/linalg/kernels/register';
import { sizes } from '../../support/runs';
import { tolerance } from '../../support/tolerance';
import {
  expectClose,
  gaussian,
  matrixOf,
  positiveDefinite,
  run,
  solved,
  tensorOf,
  type Matrix,
} from './reference';

beforeAll(() => registerLinalgKernel(kernel, tf.getBackend()));

const solve = (a: Matrix[], b: Matrix[], n: number, m: number) =>
  run('TractSolve', () => ({ a: tensorOf(a, n, n), b: tensorOf(b, n, m) }))[0]!;

test.each(sizes([1, 2, 3, 4, 5, 16, 27, 33, 48, 100, 147, 256]))(
  'TractSolve is as good as float64, rounded once: n = %d',
  (n) => {
    // Rows in reverse order: every step must pivot.
    const matrices = [gaussian(n, n, `a ${n}`), positiveDefinite(n, 1e6, `a ${n}`).reverse()];
    for (const a of matrices) {
      for (const m of [1, 3, 64]) {
        const b = gaussian(n, m, `b ${n} ${m}`);
        expectClose(solve([a], [b], n, m).rows, solved(a, b), tolerance().solved(1e6));
      }
    }
  },
);

test('TractSolve solves each system of a stack', () => {
  const a = [gaussian(6, 6, 'first'), gaussian(6, 6, 'second')];
  const b = [gaussian(6, 5, 'third'), gaussian(6, 5, 'fourth')];
  const x = solve(a, b, 6, 5);
  expect(x.shape).toEqual([2, 6, 5]);
  expectClose(x.rows.slice(0, 6), solved(a[0]!, b[0]!), tolerance().solved(100));
  expectClose(x.rows.slice(6), solved(a[1]!, b[1]!), tolerance().solved(100));
});

test('TractSolve gives Inf or NaN for a singular matrix and for NaN, without throwing', () => {
  const ones = matrixOf(3, 3, () => 1);
  const b = matrixOf(3, 1, (i) => i);
  for (const a of [ones, matrixOf(3, 3, () => 0), matrixOf(3, 3, () => NaN)]) {
    const x = solve([a], [b], 3, 1).rows.flat();
    expect(x.some((v) => !Number.isFinite(v))).toBe(true);
  }
});

test.each([
  [0, 3, 2],
  [2, 0, 3],
  [2, 3, 0],
])('TractSolve of %d systems with n = %d, m = %d is empty', (count, n, m) => {
  const inputs = () => ({ a: tf.zeros([count, n, n]), b: tf.zeros([count, n, m]) });
  expect(run('TractSolve', inputs)).toEqual([{ shape: [count, n, m], dtype: 'float32', rows: [] }]);
});
