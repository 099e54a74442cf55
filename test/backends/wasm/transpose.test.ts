import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { runKernel } from '../../../src/core/kernel';
import '../../../src/rules';
import { isBlockTranspose } from '../../../src/rules/shape/blockTranspose';

const cases: [shape: number[], perm: number[]][] = [
  [
    [5, 7],
    [1, 0],
  ],
  [
    [64, 67],
    [1, 0],
  ],
  [
    [2, 3, 90],
    [1, 0, 2],
  ],
  [
    [3, 7, 4, 5],
    [0, 2, 1, 3],
  ],
  [
    [3, 6, 4, 8],
    [0, 2, 3, 1],
  ],
  [
    [3, 6, 1, 8],
    [3, 2, 0, 1],
  ],
  [
    [5, 9, 3, 7],
    [3, 2, 1, 0],
  ],
  [
    [6, 2, 5, 2, 7],
    [4, 1, 0, 3, 2],
  ],
];

test.each(cases)('transposed [%j] to the order %j: each element where it belongs', (shape, perm) =>
  tf.tidy(() => {
    for (const dtype of ['float32', 'int32'] as const) {
      const size = tf.util.sizeFromShape(shape);
      const x = tf.cast(tf.reshape(tf.range(0, size), shape), dtype);
      expect(isBlockTranspose('wasm', x, perm)).toBe(true);
      const y = runKernel<tf.Tensor>('BlockTranspose', { x }, { perm });
      expect(y.shape).toEqual(perm.map((axis) => shape[axis]));
      expect(y.dtype).toBe(dtype);
      const strides = shape.map((_, axis) => tf.util.sizeFromShape(shape.slice(axis + 1)));
      const places = Array.from(y.dataSync(), (__, i) => tf.util.indexToLoc(i, shape.length, ySteps(y)));
      const expected = places.map((place) => place.reduce((at, n, k) => at + n * strides[perm[k]!]!, 0));
      expect([...y.dataSync()]).toEqual(expected);
    }
  }),
);

const ySteps = ({ shape }: tf.Tensor): number[] => tf.util.computeStrides(shape);

test.each<[number[], number[]]>([
  [[40], [0]],
  [
    [1, 40],
    [1, 0],
  ],
  [
    [4, 1, 40],
    [1, 0, 2],
  ],
  [
    [2, 2, 9, 2],
    [3, 2, 1, 0],
  ],
])('of %j to %j there is no plane to move', (shape, perm) => {
  expect(isBlockTranspose('wasm', { shape, dtype: 'float32' }, perm)).toBe(false);
});
