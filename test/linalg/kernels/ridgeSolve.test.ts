import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { registerWideKernels } from '../../../src/linalg/kernels/registerWide';
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

beforeAll(() => registerWideKernels(tf.getBackend()));

/** A system without a ridge: a x = b. */
const systemOf = (a: tf.Tensor, b: tf.Tensor) => ({
  high: a,
  low: tf.zerosLike(a),
  lambda: tf.scalar(0),
  y: b,
});
const attrs = { rows: 1, wide: false };
const solve = (a: Matrix[], b: Matrix[], n: number, m: number) =>
  run('TractRidgeSolve', () => systemOf(tensorOf(a, n, n), tensorOf(b, n, m)), attrs)[0]!;

// float32 rounds to 2^-24 = 6e-8; float64 at condition 1e6 adds about 1e-10.
describe.each([10, 1e3, 1e5, 1e6])(
  'TractRidgeSolve at condition %d is as good as float64, rounded once',
  (condition) => {
    test.each(sizes([1, 2, 3, 5, 16, 27, 48, 100, 147, 256]))('n = %d', (n) => {
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

test('TractRidgeSolve has a relative residual below 1e-5 at condition 1e6 for right-hand sides in the range of the data', () => {
  const n = 147;
  const a = positiveDefinite(n, 1e6, 'residual');
  const b = a.map((row) => [Math.fround(row.reduce((sum, v) => sum + v, 0))]);
  const x = solve([a], [b], n, 1).rows.flat();
  const errors = a.map((row, i) => b[i]![0]! - row.reduce((sum, v, k) => sum + v * x[k]!, 0));
  expect(Math.hypot(...errors) / Math.hypot(...b.flat())).toBeLessThan(1e-5);
});

test('TractRidgeSolve gives NaN for the matrices of a stack that are not positive definite, and only there', () => {
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

test('TractRidgeSolve keeps NaN in a right-hand side to its column', () => {
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
])('TractRidgeSolve of %d systems with n = %d, m = %d is empty', (count, n, m) => {
  const system = () => systemOf(tf.zeros([count, n, n]), tf.zeros([count, n, m]));
  const found = run('TractRidgeSolve', system, attrs)[0]!;
  expect(found).toEqual({ shape: [count, n, m], dtype: 'float32', rows: [] });
});

test('TractRidgeSolve leaves its inputs as they were', () => {
  const [a, b] = [positiveDefinite(4, 10, 'inputs'), gaussian(4, 4, 'inputs b')];
  tf.tidy(() => {
    const inputs = systemOf(tensorOf([a], 4, 4), tensorOf([b], 4, 4));
    tf.engine().runKernel('TractRidgeSolve', inputs, attrs);
    expect(Array.from(inputs.high.dataSync())).toEqual(a.flat());
    expect(Array.from(inputs.y.dataSync())).toEqual(b.flat());
  });
});
