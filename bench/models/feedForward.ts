import * as tf from '@tensorflow/tfjs-core';
import { affine, convolution, dense, flatten, maxPool, type Affine } from './plain';
import type { Model } from './workload';

/** Two dense layers. */
export const mlp = (n: number, hidden: number): Model => ({
  init: (): { hidden: Affine; head: Affine } => ({ hidden: affine(n, hidden), head: affine(hidden, 10) }),
  logits(params, x) {
    const p = params as { hidden: Affine; head: Affine };
    return dense(p.head, tf.relu(dense(p.hidden, x)));
  },
});

/** Two convolutions 3 x 3 with pooling and a dense layer, on images of 28 x 28. */
export const convNet = (a: number, b: number): Model => ({
  init: (): Record<string, Affine> => ({
    conv1: affine(3, 3, 1, a),
    conv2: affine(3, 3, a, b),
    head: affine(7 * 7 * b, 10),
  }),
  logits(params, x) {
    const { conv1, conv2, head } = params as Record<string, Affine>;
    const h = maxPool(tf.relu(convolution(conv1!, x)));
    return dense(head!, flatten(maxPool(tf.relu(convolution(conv2!, h)))));
  },
});

/** One convolution 3 x 3 and a dense layer, on images of side x side x 3. */
export const oneConvolution = (channels: number, side: number): Model => ({
  init: (): { conv: Affine; head: Affine } => ({
    conv: affine(3, 3, 3, channels),
    head: affine(side * side * channels, 10),
  }),
  logits(params, x) {
    const p = params as { conv: Affine; head: Affine };
    return dense(p.head, flatten(tf.relu(convolution(p.conv, x))));
  },
});
