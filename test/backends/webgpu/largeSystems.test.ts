import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, test } from 'vitest';
import { linalg } from '../../../src';
import { ridgeSolve } from '../../../src/linalg/wide';
import {
  expectClose,
  gaussian,
  lowerFactor,
  positiveDefinite,
  solved,
  tensorOf,
  type Matrix,
} from '../../linalg/kernels/reference';
import { tolerance } from '../../support/tolerance';
import { rows } from '../../tract/oracle';

/*
 * Systems of many blocks, at the condition number that is asked of shaders; small ones are in test/linalg.
 */

const n = 768;
const m = 3;
const condition = 1e5;
let a: Matrix, b: Matrix, x: Matrix, l: Matrix;

beforeAll(() => {
  a = positiveDefinite(n, condition, 'large');
  b = gaussian(n, m, 'large b');
  x = solved(a, b);
  l = lowerFactor(a);
});

/** What a function of the matrix and the right-hand sides returns, as rows. */
const found = (f: (matrix: tf.Tensor, right: tf.Tensor) => tf.Tensor): Matrix =>
  tf.tidy(() => {
    const y = f(tf.squeeze(tensorOf([a], n, n), [0]), tf.squeeze(tensorOf([b], n, m), [0]));
    return rows(y.dataSync(), y.shape.at(-1)!);
  });

test('a factor', () => expectClose(found(linalg.cholesky), l, tolerance().factored(condition)));

test('a solution by elimination', () => expectClose(found(linalg.solve), x, tolerance().solved(condition)));

test('a solution by substitution', () => {
  const factor = l.map((row) => row.map(Math.fround));
  const expected = solved(factor, b);
  const y = found((_, right) => linalg.solveTriangular(tf.squeeze(tensorOf([factor], n, n), [0]), right));
  expectClose(y, expected, tolerance().solved(condition));
});

// float64, rounded once.
test('a ridge system, in pairs', () => {
  const y = found((matrix, right) => {
    const sum = { high: tf.mul(matrix, 4), low: tf.zerosLike(matrix) };
    return ridgeSolve(sum, 4, tf.scalar(0), right);
  });
  expectClose(y, x, 7e-8);
});
