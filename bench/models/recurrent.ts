import * as tf from '@tensorflow/tfjs-core';
import { weight } from './plain';
import type { Model } from './workload';

interface Params {
  w: tf.Tensor;
  u: tf.Tensor;
  b: tf.Tensor;
  head: tf.Tensor;
}

/** A plain recurrent network that reads an image row by row: h' = tanh(x W + h U + b). The loop is unrolled, as tfjs's tape needs it. */
export const recurrent = (features: number, hidden: number): Model => ({
  init: (): Params => ({
    w: weight([features, hidden]),
    u: weight([hidden, hidden]),
    b: tf.zeros([hidden]),
    head: weight([hidden, 10]),
  }),
  logits(params, x) {
    const { w, u, b, head } = params as Params;
    let h: tf.Tensor = tf.zeros([x.shape[0]!, hidden]);
    for (const input of tf.unstack(x, 1))
      h = tf.tanh(tf.add(tf.add(tf.matMul(input, w), tf.matMul(h, u)), b));
    return tf.matMul(h, head);
  },
});
