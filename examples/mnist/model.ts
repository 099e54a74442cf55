import * as tf from '@tensorflow/tfjs-core';
import { normal, type Uniform } from '../shared/chance';
import { CLASSES } from './data';

type Layer = { kernel: tf.Tensor; bias: tf.Tensor };

/** The parameters: plain objects of tensors. */
export type Params = { conv1: Layer; conv2: Layer; dense: Layer };

/** Draws the parameters: biases 0, kernels normal with variance 2 / fan-in (He et al. 2015). */
export function init(uniform: Uniform): Params {
  const layer = (...shape: number[]): Layer => {
    const deviation = Math.sqrt(2 / tf.util.sizeFromShape(shape.slice(0, -1)));
    const weights = Array.from({ length: tf.util.sizeFromShape(shape) }, () => deviation * normal(uniform));
    return { kernel: tf.tensor(weights, shape), bias: tf.zeros(shape.slice(-1)) };
  };
  return { conv1: layer(5, 5, 1, 16), conv2: layer(3, 3, 16, 32), dense: layer(7 * 7 * 32, CLASSES) };
}

/** Class scores [b, 10] of images [b, 28, 28, 1]. */
export function logits({ conv1, conv2, dense }: Params, x: tf.Tensor4D): tf.Tensor {
  let h = tf.relu(convolution(conv1, x, 2)); // [b, 14, 14, 16]
  h = tf.maxPool(h, 2, 2, 'same'); // [b, 7, 7, 16]
  h = tf.relu(convolution(conv2, h, 1)); // [b, 7, 7, 32]
  return tf.add(tf.matMul(tf.reshape(h, [x.shape[0], -1]), dense.kernel), dense.bias);
}

function convolution({ kernel, bias }: Layer, x: tf.Tensor4D, stride: number): tf.Tensor4D {
  return tf.add(tf.conv2d(x, kernel as tf.Tensor4D, stride, 'same'), bias);
}

/** Mean cross-entropy of the scores against the classes [b]. */
export function loss(params: Params, x: tf.Tensor4D, y: tf.Tensor1D): tf.Tensor {
  const target = tf.cast(tf.oneHot(y, CLASSES), 'float32');
  return tf.neg(tf.mean(tf.sum(tf.mul(target, tf.logSoftmax(logits(params, x))), -1)));
}
