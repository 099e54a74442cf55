import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad } from '../../../src';
import { watch } from './watch';

test.each([
  [4096, 64, 'BatchMatMulV2'],
  [40, 64, 'Sum'],
])('the gradient of a bias of %i rows of %i is a %s, to rounding', (rows, n, op) => {
  const { left } = watch(() => {
    const weights = tf.randomUniform([rows, n], 0, 1, 'float32', 1);
    const expected = new Float64Array(n);
    weights.dataSync().forEach((w, i) => (expected[i % n]! += w));
    const dBias = grad((b: tf.Tensor) => tf.sum(tf.mul(weights, tf.add(tf.zerosLike(weights), b))));
    const { ops } = watch(() =>
      dBias(tf.zeros([n]))
        .dataSync()
        .forEach((found, i) => expect(Math.abs(found / expected[i]! - 1)).toBeLessThan(3e-6)),
    );
    // The loss sums, too.
    expect(ops.filter((name) => name === 'Sum')).toHaveLength(op === 'Sum' ? 2 : 1);
    expect(ops.includes('BatchMatMulV2')).toBe(op !== 'Sum');
  });
  expect(left).toBe(0);
});
