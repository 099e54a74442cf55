import * as tf from '@tensorflow/tfjs-core';

/*
 * Layers in tfjs's own ops, on any tensors: what tfjs's tape differentiates is then nothing of this library. (Layers of `nn` take part in its
 * interception, which replaces kernels also outside of transformations.)
 */

export type Affine = { kernel: tf.Tensor; bias: tf.Tensor };

let seed = 0;

/** Normal with the standard deviation fanIn^-1/2. */
export function weight(shape: number[], fanIn = shape.slice(0, -1).reduce((a, d) => a * d, 1)): tf.Tensor {
  return tf.randomNormal(shape, 0, fanIn ** -0.5, 'float32', ++seed);
}

export const affine = (...shape: number[]): Affine => ({
  kernel: weight(shape),
  bias: tf.zeros([shape.at(-1)!]),
});

export const dense = (p: Affine, x: tf.Tensor): tf.Tensor => {
  if (x.rank === 2) return tf.add(tf.matMul(x, p.kernel), p.bias);
  const [n, m] = p.kernel.shape as [number, number];
  const y = tf.matMul(tf.reshape(x, [-1, n]), p.kernel);
  return tf.reshape(tf.add(y, p.bias), [...x.shape.slice(0, -1), m]);
};

export const conv = (kernel: tf.Tensor, x: tf.Tensor, strides = 1): tf.Tensor =>
  tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, strides, 'same');

export const convolution = (p: Affine, x: tf.Tensor): tf.Tensor => tf.add(conv(p.kernel, x), p.bias);

export const maxPool = (x: tf.Tensor): tf.Tensor => tf.maxPool(x as tf.Tensor4D, 2, 2, 'same');

export const flatten = (x: tf.Tensor): tf.Tensor => tf.reshape(x, [x.shape[0]!, -1]);

export type Norm = { scale: tf.Tensor; bias: tf.Tensor };

export const norm = (n: number): Norm => ({ scale: tf.ones([n]), bias: tf.zeros([n]) });

const inverseDeviation = (centered: tf.Tensor, axes: number[], keep: boolean): tf.Tensor =>
  tf.rsqrt(tf.add(tf.mean(tf.square(centered), axes, keep), 1e-5));

/** With the batch's statistics. The scale meets them first, which leaves one pass over x for both. */
export function batchNorm({ scale, bias }: Norm, x: tf.Tensor): tf.Tensor {
  const axes = [0, 1, 2];
  const centered = tf.sub(x, tf.mean(x, axes));
  return tf.add(tf.mul(centered, tf.mul(inverseDeviation(centered, axes, false), scale)), bias);
}

export function layerNorm({ scale, bias }: Norm, x: tf.Tensor): tf.Tensor {
  const axes = [x.rank - 1];
  const centered = tf.sub(x, tf.mean(x, axes, true));
  return tf.add(tf.mul(tf.mul(centered, inverseDeviation(centered, axes, true)), scale), bias);
}

export const gelu = (x: tf.Tensor): tf.Tensor =>
  tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
