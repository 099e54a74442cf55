import * as tf from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { checkLemma1, checkLemma2 } from '../../src/testing';
import { casesHere } from './layerCases';
import { problemOf } from './problem';

it.each(casesHere().map((c) => [c.name, c] as const))('%s satisfies both lemmas', (_, c) =>
  tf.tidy(() => {
    const { x, w, g } = problemOf(c);
    const bias = tf.zeros([g.shape.at(-1)!]);
    const layer = (p: { w: tf.Tensor; bias: tf.Tensor }, data: tf.Tensor): tf.Tensor =>
      tf.add(c.apply(p.w, data), p.bias);
    checkLemma1(layer, [{ w, bias }, x]);
    checkLemma2(layer, [{ w, bias }, x]);
  }),
);
