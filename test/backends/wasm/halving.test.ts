import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import '../../../src/rules';
import { scatterHalves } from '../../../src/rules/pooling/halving';
import { maxPoolScatter } from '../../../src/rules/pooling/primitives';

test.each([
  [1, 2, 2, 4],
  [3, 4, 6, 8],
  [2, 8, 2, 12],
])(
  'the gradient of a maximum over 2 x 2 of [%i, %i, %i, %i] is that of the plain loop, with ties and NaN',
  (...shape) => {
    tf.tidy(() => {
      const [n, h, w, c] = shape;
      // Few values, so that many tie.
      const x = tf.floor(tf.randomUniform(shape, -2, 2, 'float32', 1));
      const spoiled = tf.where(tf.equal(x, 1), tf.fill(shape, NaN), x);
      const dy = tf.randomNormal([n, h / 2, w / 2, c], 0, 1, 'float32', 2);
      const attrs = { filterSize: 2, strides: 2, pad: 'valid' };
      for (const values of [x, spoiled]) {
        const expected = scatterHalves(values.dataSync(), dy.dataSync(), [(n * h) / 2, w / 2, c]);
        expect(maxPoolScatter(dy, values, attrs).dataSync()).toEqual(expected);
      }
    });
  },
);
