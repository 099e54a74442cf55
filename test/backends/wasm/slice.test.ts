import * as tf from '@tensorflow/tfjs-core';
import { expect, test, vi } from 'vitest';
import { jit } from '../../../src';
import { intercepted } from '../../../src/core/dispatch';
import { runKernel } from '../../../src/core/kernel';

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

/** At least as large as what is taken apart in slices. */
const large = [16, 24, 5, 3];

type Parting = [name: string, axis: number, f: (x: tf.Tensor) => tf.Tensor[]];

test.each<Parting>([
  ...[0, 1, 2, -1].flatMap((axis): Parting[] => [
    ['unstack', axis, (x) => tf.unstack(x, axis)],
    ['split into equal parts', axis, (x) => tf.split(x, large.at(axis)!, axis)],
  ]),
  ['split into unequal parts, one of them empty', 1, (x) => tf.split(x, [5, 0, 18, 1], 1)],
  ['split with a rest', -3, (x) => tf.split(x, [3, -1, 4], -3)],
])('%s along axis %i: the parts of tfjs, and only they are copied', (_, __, f) =>
  tf.tidy(() => {
    for (const dtype of ['float32', 'int32'] as const) {
      const x = tf.cast(tf.reshape(tf.range(0, tf.util.sizeFromShape(large)), large), dtype);
      const copiesOut = vi.spyOn(tf.backend(), 'readSync');
      const jitted = jit(f);
      const found = [intercepted(() => f(x)), jitted(x)];
      expect(copiesOut).not.toHaveBeenCalled();
      copiesOut.mockRestore();
      jitted.dispose();
      const expected = f(x);
      for (const own of found) {
        expect(own.map(({ shape, dtype: type }) => ({ shape, type }))).toEqual(
          expected.map(({ shape }) => ({ shape, type: dtype })),
        );
        expect(own.map((part) => [...part.dataSync()])).toEqual(expected.map((part) => [...part.dataSync()]));
      }
    }
  }),
);
