import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { unfold } from '../../../src/rules/convolution/unfold';
import { closeTo } from '../../support/cases';
import { watch } from './watch';

const attrs = { strides: 1, pad: 'same', dilations: 1 };

test.each([
  [3, 'Conv2D'],
  [18, 'ExtractImagePatches'],
])('patches of 3 x 3 x %i are unfolded by %s', (c, op) => {
  const { left } = watch(() => {
    const x = tf.randomNormal<tf.Rank.R4>([2, 5, 4, c], 0, 1, 'float32', 1);
    const filter = tf.randomNormal<tf.Rank.R4>([3, 3, c, 2], 0, 1, 'float32', 2);
    const { ops: own } = watch(() => {
      const z = tf.matMul(unfold(x, filter.shape, attrs), tf.reshape(filter, [9 * c, 2]));
      closeTo(tf.reshape(z, [2, 5, 4, 2]), tf.conv2d(x, filter, 1, 'same'), 2e-5);
    });
    expect(own.filter((name) => name === 'Conv2D').length).toBe(op === 'Conv2D' ? 2 : 1);
    expect(own.includes('ExtractImagePatches')).toBe(op !== 'Conv2D');
  });
  expect(left).toBe(0);
});
