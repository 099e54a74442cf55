import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkpoint, grad, random } from '../../src';

const total = (f: (x: tf.Tensor) => tf.Tensor) => (x: tf.Tensor) => tf.sum(checkpoint(f)(x));

describe('random numbers in a checkpoint, which runs twice', () => {
  it.each([
    ['dropout', (x: tf.Tensor) => tf.dropout(x, 0.5)],
    ['randomNormal', (x: tf.Tensor) => tf.mul(x, tf.randomNormal([3]))],
  ])('tf.%s, which would draw anew, is refused', (_, f) => {
    tf.tidy(() => {
      const x = tf.ones([3]);
      expect(() => grad(total(f))(x)).toThrow(
        /checkpoint: tf\.random\w+ would draw other numbers.*random\.\*/,
      );
      expect(Object.hasOwn(tf.engine(), 'makeTensor')).toBe(false);
      // Without a backward pass nothing runs twice.
      expect(checkpoint(f)(x).shape).toEqual([3]);
    });
  });

  it('those of a key are the same again', () => {
    tf.tidy(() => {
      const key = random.key(1);
      const x = tf.tensor1d([1, 2, 3]);
      const noisy = (v: tf.Tensor): tf.Tensor => tf.mul(v, random.normal(key, [3]));
      expect(grad(total(noisy))(x).dataSync()).toEqual(random.normal(key, [3]).dataSync());
    });
  });
});
