import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { vmap } from '../../src';

it('integers are clipped as integers', () => {
  tf.tidy(() => {
    const x = tf.tensor2d([[-5, 0, 3, 9]], [1, 4], 'int32');
    const y = vmap((row: tf.Tensor) => tf.clipByValue(row, -1, 4))(x);
    expect([y.dtype, ...y.dataSync()]).toEqual(['int32', -1, 0, 3, 4]);
  });
});
