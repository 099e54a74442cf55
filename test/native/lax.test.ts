import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { lax } from '../../src';

it('a native tf.grad differentiates through control flow', () => {
  tf.tidy(() => {
    const scanned = (w: tf.Tensor): tf.Tensor =>
      lax.scan(
        (c: tf.Tensor, x: tf.Tensor) => [tf.mul(tf.mul(c, x), w), null],
        tf.scalar(1),
        tf.tensor([2, 3]),
      )[0];
    expect(tf.grad(scanned)(tf.scalar(2)).dataSync()[0]).toBe(24);
    const chosen = (w: tf.Tensor): tf.Tensor => lax.cond(tf.greater(w, 0), tf.square, tf.neg, w);
    expect(tf.grad(chosen)(tf.scalar(2)).dataSync()[0]).toBe(4);
    const doubled = (w: tf.Tensor): tf.Tensor =>
      lax.whileLoop(
        (x: tf.Tensor) => tf.less(x, 10),
        (x) => tf.mul(x, 2),
        w,
      );
    expect(tf.grad(doubled)(tf.scalar(3)).dataSync()[0]).toBe(4);
  });
});
