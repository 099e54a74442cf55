import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { linalg } from '../../../src';
import { gram, moments, product, ridgeSolve } from '../../../src/linalg/wide';
import { gaussian, positiveDefinite, tensorOf } from '../../linalg/kernels/reference';
import { watch } from './watch';

const a = (): tf.Tensor => tensorOf([positiveDefinite(6, 100, 'a')], 6, 6);
const b = (): tf.Tensor => tensorOf([gaussian(6, 2, 'b')], 6, 2);

test.each<[string, string[], () => tf.Tensor]>([
  ['cholesky', ['Cholesky'], () => linalg.cholesky(a())],
  ['solve', ['MatrixSolve'], () => linalg.solve(a(), b())],
  ['solveTriangular', ['MatrixTriangularSolve'], () => linalg.solveTriangular(a(), b(), { lower: true })],
  ['a Gram matrix', ['BatchMatMulV2'], () => gram(b()).high],
  [
    'sums onto others',
    ['BatchMatMulV2', 'AddV2'],
    () => moments(b(), b(), gram(b()), product(b(), b()))[1].low,
  ],
  [
    'a ridge system',
    ['MatrixSetDiag', 'Cholesky', 'MatrixTriangularSolve'],
    () => ridgeSolve(gram(a()), 6, tf.tensor1d([0.1]), b()),
  ],
])('%s runs TensorFlow’s own %j and leaves none of its tensors', (_, expected, call) => {
  const { ops, left } = watch(() => void call().dataSync());
  expect(ops).toEqual(expect.arrayContaining(expected));
  expect(left).toBe(0);
});

test('a stack with one singular matrix, which TensorFlow refuses whole, spoils only that matrix', () => {
  const { left } = watch(() => {
    const singular = tf.stack([tf.eye(3), tf.zeros([3, 3])]);
    const x = linalg.solve(singular, tf.ones([2, 3, 1])).dataSync();
    expect(Array.from(x.slice(0, 3))).toEqual([1, 1, 1]);
    expect(Array.from(x.slice(3)).some(Number.isFinite)).toBe(false);
  });
  expect(left).toBe(0);
});
