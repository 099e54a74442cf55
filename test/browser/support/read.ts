import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** The values of what `f` returns, read as a page must: without blocking. */
export async function read(f: () => tf.Tensor[]): Promise<Float32Array[]> {
  const tensors = tf.tidy(f);
  try {
    return (await Promise.all(tensors.map((t) => t.data()))) as Float32Array[];
  } finally {
    tf.dispose(tensors);
  }
}

export async function expectValues(
  f: () => tf.Tensor[],
  expected: ArrayLike<number>[],
  tolerance = 1e-4,
): Promise<void> {
  const found = await read(f);
  expect(found.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  found.forEach((values, i) =>
    values.forEach((v, k) => {
      const wanted = expected[i]![k]!;
      if (!(Math.abs(v - wanted) <= tolerance * (1 + Math.abs(wanted)))) {
        expect.fail(`result ${i}, element ${k}: ${v} is not within ${tolerance} of ${wanted}`);
      }
    }),
  );
}
