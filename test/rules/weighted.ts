import * as tf from '@tensorflow/tfjs-core';

/** Each element counts for something else, so that none can be mistaken for another. */
export function weighted(y: tf.Tensor): tf.Tensor {
  return tf.mul(y, tf.reshape(tf.range(1, y.size + 1, 1, 'float32'), y.shape));
}
