import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { vmap } from '../../src';
import { intercepted } from '../../src/core/dispatch';

/** What a kernel gives within a transformation, where those that a backend gets wrong are replaced. */
const within = (f: () => tf.Tensor): { shape: number[]; values: number[] } =>
  tf.tidy(() => {
    const y = intercepted(f);
    return { shape: y.shape, values: Array.from(y.dataSync()) };
  });

// tfjs-node has no such kernel (tfjs issue 4606).
if (tf.getBackend() !== 'tensorflow')
  test('what lies outside of a rotated image is filled with any number', () => {
    const image = (channels: number): tf.Tensor4D => tf.ones([1, 1, 3, channels]);
    const turned = Math.PI / 2;
    const rotated = (channels: number, fill: number | [number, number, number]): number[] =>
      within(() => tf.image.rotateWithOffset(image(channels), turned, fill, [0.5, 0.5])).values;
    expect(rotated(1, 0.25)).toEqual([0.25, 1, 0.25]);
    expect(rotated(3, [0.25, 2, -0.5])).toEqual([0.25, 2, -0.5, 1, 1, 1, 0.25, 2, -0.5]);
  });

test('no numbers have slices, also under vmap', () => {
  const stacked = (): tf.Tensor => tf.stack([tf.zeros([0]), tf.zeros([0])]);
  expect(within(() => tf.slice(stacked(), [1, 0], [1, 0])).shape).toEqual([1, 0]);
  expect(
    within(() => vmap((x: tf.Tensor) => tf.matMul(tf.ones([2, 1]), tf.reshape(x, [1, 0])))(stacked())).shape,
  ).toEqual([2, 2, 0]);
});
