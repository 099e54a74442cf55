import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad, jit, vmap } from '../../src';
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

test('nothing is transposed at a high rank', () => {
  const x = (): tf.Tensor => tf.zeros([0, 2, 3, 2, 1]);
  expect(within(() => vmap((t: tf.Tensor) => tf.transpose(t))(x())).shape).toEqual([0, 1, 2, 3, 2]);
});

test('tensors of rank seven are padded', () => {
  const x = (): tf.Tensor => tf.reshape(tf.range(1, 5), [1, 1, 1, 1, 1, 2, 2]);
  const paddings = Array.from({ length: 7 }, (_, axis): [number, number] => (axis === 6 ? [1, 0] : [0, 0]));
  expect(within(() => tf.pad(x(), paddings))).toEqual({
    shape: [1, 1, 1, 1, 1, 2, 3],
    values: [0, 1, 2, 0, 3, 4],
  });
});

const image = (): tf.Tensor4D => tf.ones([2, 7, 2, 2]);
const filter = (): tf.Tensor4D => tf.ones([3, 3, 2, 2]);
const windows: Record<string, [x: () => tf.Tensor, f: (x: tf.Tensor) => tf.Tensor, shape: number[]]> = {
  maxPool: [image, (x) => tf.maxPool(x as tf.Tensor4D, 3, [1, 2], 'valid'), [2, 5, 0, 2]],
  avgPool: [image, (x) => tf.avgPool(x as tf.Tensor4D, 3, [1, 2], 'valid'), [2, 5, 0, 2]],
  conv2d: [image, (x) => tf.conv2d(x as tf.Tensor4D, filter(), 1, 'valid'), [2, 5, 0, 2]],
  depthwiseConv2d: [image, (x) => tf.depthwiseConv2d(x as tf.Tensor4D, filter(), 2, 'valid'), [2, 3, 0, 4]],
  conv3d: [
    () => tf.ones([1, 2, 3, 3, 2]),
    (x) => tf.conv3d(x as tf.Tensor5D, tf.ones([3, 1, 1, 2, 2]), 1, 'valid'),
    [1, 0, 3, 3, 2],
  ],
};
test.each(Object.entries(windows))(
  '%s whose windows fit nowhere gives nothing, and has a gradient of zeros',
  (_, [x, f, shape]) => {
    // tfjs rounds sizes up from below zero, to -0.
    expect(within(() => f(x())).shape.map((n) => n + 0)).toEqual(shape);
    const gradient = grad((t: tf.Tensor) => tf.sum(tf.square(f(t))));
    const captured = jit(gradient);
    for (const g of [gradient, captured])
      expect(within(() => g(x())).values.every((v) => v === 0)).toBe(true);
    captured.dispose();
  },
);

test('where has nothing beside a number of nothing, whichever of its operands has no elements, with gradients in their shapes', () =>
  tf.tidy(() => {
    const f = ([c, x, y]: tf.Tensor[]): tf.Tensor => tf.where(tf.greater(c!, 0), x!, y!);
    const nothing = tf.zeros([2, 0]);
    for (const empty of [0, 1, 2]) {
      const xs = [0, 1, 2].map((i) => (i === empty ? nothing : tf.scalar(3)));
      expect(within(() => f(xs)).shape).toEqual([2, 0]);
      const gradients = vmap(grad((given: tf.Tensor[]) => tf.sum(f(given))))(xs.map((x) => tf.stack([x, x])));
      gradients.forEach((g, i) => {
        expect(g.shape).toEqual([2, ...xs[i]!.shape]);
        expect(Array.from(g.dataSync())).toEqual(i === empty ? [] : [0, 0]);
      });
    }
  }));

test('rows of nothing are gathered and summed in segments, with gradients', () =>
  tf.tidy(() => {
    const ids = tf.tensor1d([0, 1, 0], 'int32');
    const g = grad((x: tf.Tensor) => tf.sum(tf.gather(x, ids)))(tf.zeros([2, 0]));
    expect(g.shape).toEqual([2, 0]);
    const none = (x: tf.Tensor): tf.Tensor => tf.unsortedSegmentSum(x, tf.tensor1d([], 'int32'), 2);
    expect(within(() => none(tf.zeros([0, 2]))).values).toEqual([0, 0, 0, 0]);
    expect(grad((x: tf.Tensor) => tf.sum(none(x)))(tf.zeros([0, 2])).shape).toEqual([0, 2]);
  }));
