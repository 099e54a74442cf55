import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { runKernel } from '../../../src/core/kernel';
import '../../../src/rules';

const cases: [shape: number[], begin: number[], size: number[]][] = [
  [[7], [2], [3]],
  [
    [5, 3],
    [1, 0],
    [2, 3],
  ],
  [
    [4, 90],
    [1, 3],
    [2, 77],
  ],
  [
    [3, 4, 5],
    [1, 0, 2],
    [2, 4, 3],
  ],
  [
    [2, 3, 4, 2],
    [1, 1, 1, 0],
    [1, 2, -1, 2],
  ],
  [[2, 3, 4, 5], [1], [1]],
  [
    [3, 2, 1, 7, 2],
    [0, 1, 0, 3, 1],
    [3, 1, 1, 4, 1],
  ],
  [
    [3, 4],
    [1, 2],
    [0, 2],
  ],
];

test.each(cases)('slices of [%j] from %j of %j are those of tfjs', (shape, begin, size) =>
  tf.tidy(() => {
    for (const dtype of ['float32', 'int32'] as const) {
      const x = tf.cast(tf.reshape(tf.range(0, tf.util.sizeFromShape(shape)), shape), dtype);
      const own = runKernel<tf.Tensor>('BlockSlice', { x }, { begin, size });
      const expected = tf.slice(x, begin, size);
      expect(own.shape).toEqual(expected.shape);
      expect(own.dtype).toBe(dtype);
      expect([...own.dataSync()]).toEqual([...expected.dataSync()]);
    }
  }),
);
