import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { hessian, jit, vjp } from '../../src';
import { closeTo } from '../support/cases';
import { tolerance } from '../support/tolerance';

// wasm's product recognises its right operand by the data alone: [1, n] and [n, 1] of the same data must not both reach it.
it('a vector that is multiplied as a row and as a column', () => {
  tf.tidy(() => {
    const x = tf.reshape(tf.linspace(-2, 2, 32), [32, 1]);
    // d2 / dw2 of sum (x w)^2 = 2 sum x^2 on the diagonal.
    const f = (w: tf.Tensor): tf.Tensor => tf.sum(tf.square(tf.matMul(x, tf.reshape(w, [1, 15]))));
    const found = hessian(f)(tf.linspace(-1, 1, 15)) as tf.Tensor;
    const sum = 2 * Array.from(x.dataSync()).reduce((s, v) => s + v * v, 0);
    expect(found.shape).toEqual([15, 15]);
    closeTo(found, tf.mul(sum, tf.eye(15)), tolerance().reordered);
  });
});

describe('the same data as right operand in two shapes', () => {
  const both = (y: tf.Tensor): tf.Tensor[] => [
    tf.matMul(tf.ones([1, 2]), y),
    tf.matMul(tf.ones([1, 3]), tf.reshape(y, [3, 2])),
  ];
  const y = (): tf.Tensor =>
    tf.tensor2d([
      [1, 2, 3],
      [4, 5, 6],
    ]);
  const check = ([first, second]: tf.Tensor[]): void => {
    expect(Array.from(first!.dataSync())).toEqual([5, 7, 9]);
    expect(Array.from(second!.dataSync())).toEqual([9, 12]);
  };

  it('eagerly', () => void tf.tidy(() => check(vjp(both, y())[0])));
  it('jitted, called twice', () => {
    const f = jit(both);
    tf.tidy(() => {
      const same = y();
      check(f(same));
      check(f(same));
    });
    f.dispose();
  });
});
