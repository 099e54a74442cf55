import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { hessian } from '../../src';
import { closeTo } from '../support/cases';

// wasm's product recognises its right operand by the data alone: [1, n] and [n, 1] of the same data must not both reach it.
it('a vector that is multiplied as a row and as a column', () => {
  tf.tidy(() => {
    const x = tf.reshape(tf.linspace(-2, 2, 32), [32, 1]);
    // d2 / dw2 of sum (x w)^2 = 2 sum x^2 on the diagonal.
    const f = (w: tf.Tensor): tf.Tensor => tf.sum(tf.square(tf.matMul(x, tf.reshape(w, [1, 15]))));
    const found = hessian(f)(tf.linspace(-1, 1, 15)) as tf.Tensor;
    const sum = 2 * Array.from(x.dataSync()).reduce((s, v) => s + v * v, 0);
    expect(found.shape).toEqual([15, 15]);
    closeTo(found, tf.mul(sum, tf.eye(15)), 1e-5);
  });
});
