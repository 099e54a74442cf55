import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad, linalg } from '../../src';
import {
  expectClose,
  gaussian,
  lowerFactor,
  matrixOf,
  positiveDefinite,
  solved,
  type Matrix,
} from '../linalg/kernels/reference';
import { rows } from '../tract/oracle';
import { tolerance } from '../support/tolerance';
import { choleskyOf, ridgeSolve } from './support/kernels';
import { expectValues, read } from './support/read';

const tensorOf = (matrix: Matrix): tf.Tensor2D =>
  tf.tensor2d(matrix.flat(), [matrix.length, matrix[0]!.length]);

test.each([1, 2, 3, 27, 33, 64, 100])(
  'factors and solutions, of any matrix and of positive definite ones: n = %d',
  async (n) => {
    for (const condition of [10, 1e3, 1e5]) {
      const a = positiveDefinite(n, condition, `${n}`);
      const b = gaussian(n, 5, `b ${n}`);
      const found = await read(() => {
        const [matrix, right] = [tensorOf(a), tensorOf(b)];
        const l = choleskyOf(matrix);
        const sum = { high: matrix, low: tf.zerosLike(matrix) };
        return [ridgeSolve(sum, 1, tf.scalar(0), right), linalg.solve(matrix, right), l];
      });
      const [definite, general, l] = found.map((values, i) => rows(values, i < 2 ? 5 : n)) as [
        Matrix,
        Matrix,
        Matrix,
      ];
      expectClose(definite, solved(a, b), tolerance().solved(condition));
      expectClose(general, solved(a, b), tolerance().solved(condition));
      expectClose(l, lowerFactor(a), tolerance().factored(condition));
    }
  },
);

test('a matrix that is not positive definite spoils itself only', async () => {
  const good = positiveDefinite(5, 10, 'good');
  const bad = matrixOf(5, 5, (i, j) => good[i]![j]! - (i === j ? 2 : 0));
  const [found] = await read(() => [choleskyOf(tf.stack([tensorOf(bad), tensorOf(good)]))]);
  expect(found!.slice(0, 25).every(Number.isNaN)).toBe(true);
  expectClose(rows(found!.slice(25), 5), lowerFactor(good), tolerance().factored(10));
});

test('systems are differentiated', () =>
  expectValues(() => {
    const a = tf.tensor2d([
      [4, 1],
      [1, 3],
    ]);
    // x = a^-1 b: d sum(x) / db = a^-T 1
    return [grad((b: tf.Tensor) => tf.sum(linalg.solve(a, b)))(tf.tensor1d([1, 2]))];
  }, [[2 / 11, 3 / 11]]));

if (tf.getBackend() === 'webgl')
  test('a device whose webgl computes in float16 is refused by name', () => {
    const before = tf.env().getBool('WEBGL_RENDER_FLOAT32_ENABLED');
    tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', false);
    try {
      tf.tidy(() => {
        const matrix = tensorOf([[2]]);
        expect(() => void linalg.cholesky(matrix)).toThrow(/float16.*webgpu, wasm or cpu/);
      });
    } finally {
      tf.env().set('WEBGL_RENDER_FLOAT32_ENABLED', before);
    }
  });
