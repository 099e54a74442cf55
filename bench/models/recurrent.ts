import * as tf from '@tensorflow/tfjs-core';
import { softmaxCrossEntropyWithIntegerLabels } from '../../src/nn';
import type { Workload } from './workload';

const [STEPS, FEATURES, HIDDEN] = [28, 28, 64];

/** A plain recurrent network that reads an image row by row: h' = tanh(x W + h U + b). The loop is unrolled, as tfjs's tape needs it. */
export const recurrent: Workload = {
  name: 'rnn',
  title: `RNN, ${STEPS} steps of ${FEATURES} features, ${HIDDEN} hidden, batch 32`,
  batch: 32,
  example: [STEPS, FEATURES],
  classes: 10,
  init: () => ({
    params: {
      w: tf.randomNormal([FEATURES, HIDDEN], 0, FEATURES ** -0.5, 'float32', 1),
      u: tf.randomNormal([HIDDEN, HIDDEN], 0, HIDDEN ** -0.5, 'float32', 2),
      b: tf.zeros([HIDDEN]),
      head: tf.randomNormal([HIDDEN, 10], 0, HIDDEN ** -0.5, 'float32', 3),
    },
    loss: (params, x, y) => {
      const { w, u, b, head } = params as Record<string, tf.Tensor>;
      const inputs = tf.unstack(x, 1);
      let h: tf.Tensor = tf.zeros([x.shape[0]!, HIDDEN]);
      for (const input of inputs) h = tf.tanh(tf.add(tf.add(tf.matMul(input, w!), tf.matMul(h, u!)), b!));
      return tf.mean(softmaxCrossEntropyWithIntegerLabels(tf.matMul(h, head!), y));
    },
  }),
};
