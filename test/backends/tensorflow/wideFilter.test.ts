import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { jit, vjp } from '../../../src';
import { closeTo } from '../../support/cases';
import { watch } from './watch';

type Conv = (x: tf.Tensor, filter: tf.Tensor) => tf.Tensor;

const conv =
  (stride: number, pad: 'same' | 'valid', dilation = 1): Conv =>
  (x, filter) =>
    tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, stride, pad, 'NHWC', dilation);

/** A filter of 3 x 2 with zeros between its taps: tf.grad knows no dilation. */
const spread = (filter: tf.Tensor): tf.Tensor => {
  const [, , c, m] = filter.shape as [number, number, number, number];
  const apart = tf.pad(tf.reshape(filter, [3, 1, 2, 1, c * m]), [
    [0, 0],
    [0, 1],
    [0, 0],
    [0, 1],
    [0, 0],
  ]);
  return tf.slice(tf.reshape(apart, [6, 4, c, m]), [0, 0, 0, 0], [5, 3, c, m]);
};
const ofSpread: Conv = (x, filter) => conv(1, 'same')(x, spread(filter));

test.each<[string, number[], number[], Conv, boolean, Conv?]>([
  ['3 x 3', [2, 4, 4, 512], [3, 3, 512, 256], conv(1, 'same'), true],
  ['3 x 3 without padding', [1, 5, 4, 256], [3, 3, 256, 512], conv(1, 'valid'), true],
  ['3 x 3 in steps of two', [2, 5, 4, 512], [3, 3, 512, 256], conv(2, 'same'), false],
  ['3 x 2, dilated', [2, 5, 6, 512], [3, 2, 512, 512], conv(1, 'same', 2), true, ofSpread],
  ['1 x 1', [2, 3, 3, 1024], [1, 1, 1024, 1024], conv(1, 'same'), true],
])(
  'a wide filter, %s: products in place of convolutions, forward and back',
  (_, shape, filterShape, f, isAll, reference = f) => {
    const { ops, left } = watch(() => {
      const x = tf.randomNormal(shape, 0, 1, 'float32', 1);
      const filter = tf.randomNormal(filterShape, 0, 0.05, 'float32', 2);
      const ct = tf.randomNormal(f(x, filter).shape, 0, 1, 'float32', 3);
      // Outside of transformations tfjs's own kernels run.
      const [dx, dFilter] = tf.grads((a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.mul(ct, reference(a, b))))([
        x,
        filter,
      ]);
      const run = jit((a: tf.Tensor, b: tf.Tensor): tf.Tensor[] => {
        const [y, pullback] = vjp(f, a, b);
        return [y, ...(pullback(ct) as tf.Tensor[])];
      });
      const { ops: own } = watch(() => {
        const found = run(x, filter) as tf.Tensor[];
        [reference(x, filter), dx!, dFilter!].forEach((t, i) => closeTo(found[i]!, t, 2e-5));
      });
      run.dispose();
      // That of the comparison.
      expect(own.filter((op) => op === 'Conv2D')).toHaveLength(1);
      expect(own).not.toContain('Conv2DBackpropFilter');
      expect(own.includes('Conv2DBackpropInput')).toBe(!isAll);
    });
    expect(left).toBe(0);
    expect(ops).toContain('Conv2D');
  },
);
