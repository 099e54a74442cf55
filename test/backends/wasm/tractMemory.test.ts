import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad, tract } from '../../../src';
import { peakOf } from '../../../bench/support/peak';

const loss = (w: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.mean(tf.square(tf.matMul(x, w)));

/** Bytes at the peak of the gradient, room inside of kernels included. */
function peaks(b: number, n: number, m: number): { plain: number; corrected: number } {
  const [x, w] = [tf.randomNormal([b, n]), tf.randomNormal([n, m])];
  const [plain, corrected] = [loss, tract(loss, 0.1)].map(
    (f) => peakOf(() => void grad(f)(w, x)) * 2 ** 20,
  ) as [number, number];
  tf.dispose([x, w]);
  return { plain, corrected };
}

test('sums in float64 have room for themselves, the rows of x, and sixteen columns of g', () => {
  const n = 32;
  const matrix = 4 * n * n;
  // The cotangent, two sums as pairs, and twice that for each while it is in float64; panels of x in full and of g in half.
  expect(peaks(n, n, n).corrected).toBeLessThan((1 + 4 + 4 + 2 + 1 + 0.5) * matrix);
});

test('one row takes no more than without the correction', () => {
  const { plain, corrected } = peaks(1, 32, 32);
  expect(corrected).toBeLessThan(plain + 512);
});
