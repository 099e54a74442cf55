import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { choleskySolve as kernel } from '../../../src/linalg/kernels/choleskySolve';
import { registerLinalgKernel } from '../../../src/linalg/kernels/register';
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
  run('TractCholeskySolve', () => ({ a: tensorOf(a, n, n), b: tensorOf(b, n, m) }))[0]!;

// float32 rounds to 2^-24 = 6e-8; float64 at condition 1e6 adds about 1e-10.
describe.each([10, 1e3, 1e5, 1e6])(
  'TractCholeskySolve at condition %d is as good as float64, rounded once',
  (condition) => {
    test.each([1, 2, 3, 5, 16, 27, 48, 100, 147, 256])('n = %d', (n) => {
      const a = positiveDefinite(n, condition, `a ${n} ${condition}`);
      const b = gaussian(n, 64, `b ${n}`);
      const x = solved(a, b);
      for (const m of [1, 3, 64]) {
        const columns = (rows: Matrix): Matrix => rows.map((row) => row.slice(0, m));
        expectClose(solve([a], [columns(b)], n, m).rows, columns(x), tolerance().solved(condition));
      }
    });
  },
);

test('TractCholeskySolve has a relative residual below 1e-5 at condition 1e6 for right-hand sides in the range of the data', () => {
  const n = 147;
  const a = positiveDefinite(n, 1e6, 'residual');
  const b = a.map((row) => [Math.fround(row.reduce((sum, v) => sum + v, 0))]);
  const x = solve([a], [b], n, 1).rows.flat();
  const errors = a.map((row, i) => b[i]![0]! - row.reduce((sum, v, k) => sum + v * x[k]!, 0));
  expect(Math.hypot(...errors) / Math.hypot(...b.flat())).toBeLessThan(1e-5);
});

test('TractCholeskySolve reads the lower triangle only', () => {
  const a = positiveDefinite(7, 10, 'triangle');
  const b = gaussian(7, 2, 'triangle b');
  const lower = matrixOf(7, 7, (i, j) => (j > i ? NaN : a[i]![j]!));
  expectClose(solve([lower], [b], 7, 2).rows, solved(a, b), tolerance().solved(100));
});

test('TractCholeskySolve gives NaN for the matrices of a stack that are not positive definite, and only there', () => {
  const n = 5;
  const good = positiveDefinite(n, 100, 'stack');
  const b = gaussian(n, 3, 'stack b');
  const bad = [
    matrixOf(n, n, (i, j) => (i === j ? (i === 3 ? -1 : 1) : 0)),
    matrixOf(n, n, () => 0),
    matrixOf(n, n, (i, j) => (i === 4 && j === 1 ? NaN : good[i]![j]!)),
    matrixOf(n, n, (i, j) => (i === 2 && j === 2 ? Infinity : good[i]![j]!)),
  ];
  for (const matrix of bad) {
    const { rows, shape } = solve([good, matrix, good], [b, b, b], n, 3);
    expect(shape).toEqual([3, n, 3]);
    expectClose(rows.slice(0, n), solved(good, b), tolerance().solved(100));
    expect(
      rows
        .slice(n, 2 * n)
        .flat()
        .every(Number.isNaN),
    ).toBe(true);
    expectClose(rows.slice(2 * n), solved(good, b), tolerance().solved(100));
  }
});

test('TractCholeskySolve keeps NaN in a right-hand side to its column', () => {
  const a = positiveDefinite(6, 10, 'column');
  const b = gaussian(6, 3, 'column b');
  b[2]![1] = NaN;
  const { rows } = solve([a], [b], 6, 3);
  expect(rows.every((row) => Number.isNaN(row[1]) && Number.isFinite(row[0]! + row[2]!))).toBe(true);
});

test.each([
  [0, 3, 2],
  [2, 0, 3],
  [2, 3, 0],
])('TractCholeskySolve of %d systems with n = %d, m = %d is empty', (count, n, m) => {
  const found = run('TractCholeskySolve', () => ({
    a: tf.zeros([count, n, n]),
    b: tf.zeros([count, n, m]),
  }))[0]!;
  expect(found).toEqual({ shape: [count, n, m], dtype: 'float32', rows: [] });
});

test('TractCholeskySolve leaves its inputs as they were', () => {
  const [a, b] = [positiveDefinite(4, 10, 'inputs'), gaussian(4, 4, 'inputs b')];
  tf.tidy(() => {
    const inputs = { a: tensorOf([a], 4, 4), b: tensorOf([b], 4, 4) };
    tf.engine().runKernel('TractCholeskySolve', inputs);
    expect(Array.from(inputs.a.dataSync())).toEqual(a.flat());
    expect(Array.from(inputs.b.dataSync())).toEqual(b.flat());
  });
});
