import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { grad, jit, jvp, vmap } from '../../src';

type Reduction = (x: tf.Tensor, axis?: number, keepDims?: boolean) => tf.Tensor;

/** What nothing reduces to: the neutral element, as in TensorFlow. */
const reductions: [name: string, f: Reduction, dtype: 'float32' | 'int32' | 'bool', ofNothing: number][] = [
  ['sum', tf.sum, 'float32', 0],
  ['sum', tf.sum, 'int32', 0],
  ['mean', tf.mean, 'float32', NaN],
  ['prod', tf.prod, 'float32', 1],
  ['max', tf.max, 'float32', -Infinity],
  ['min', tf.min, 'float32', Infinity],
  ['all', tf.all, 'bool', 1],
  ['any', tf.any, 'bool', 0],
];

it.each(reductions)('%s of nothing', (_, f, dtype, ofNothing) =>
  tf.tidy(() => {
    // What the memory held before, where a kernel does not start.
    tf.dispose(tf.fill([64], 7));
    const empty = (shape: number[]): tf.Tensor => tf.tensor([], shape, dtype);
    const columns = jit((x: tf.Tensor) => f(x, 0));
    for (const y of [vmap((x: tf.Tensor) => f(x))(empty([3, 0])), columns(empty([0, 3]))]) {
      expect({ shape: y.shape, dtype: y.dtype }).toEqual({ shape: [3], dtype });
      expect(Array.from(y.dataSync())).toEqual([ofNothing, ofNothing, ofNothing]);
    }
    columns.dispose();
    expect(vmap((x: tf.Tensor) => f(x, 0, true))(empty([2, 0, 3])).shape).toEqual([2, 1, 3]);
    // Nothing reduces to nothing along another axis.
    expect(vmap((x: tf.Tensor) => f(x, 0))(empty([0, 2])).shape).toEqual([0]);
    if (dtype !== 'float32') return;
    expect(grad((x: tf.Tensor) => tf.sum(f(x, 0)))(empty([0, 3])).shape).toEqual([0, 3]);
    const [, tangent] = jvp((x: tf.Tensor) => f(x, 0), [empty([0, 3])], [empty([0, 3])]);
    const still = f === tf.mean ? NaN : 0;
    expect(Array.from(tangent.dataSync())).toEqual([still, still, still]);
  }),
);
