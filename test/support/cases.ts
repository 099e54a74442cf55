import * as tf from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import { expect } from 'vitest';
import type { Arg } from '../rules/case';

/** Draws an argument of a case. */
export function argument(
  { shape, range = [-2, 2], values, dtype = 'float32', distinct }: Arg,
  seed: number,
): tf.Tensor {
  if (values) return tf.tensor(values, shape, dtype);
  const next = seedrandom(`argument ${seed}`);
  const size = shape.reduce((a, d) => a * d, 1);
  const [low, high] = range;
  const drawn = distinct
    ? spaced(size, low, next)
    : Array.from({ length: size }, () => low + (high - low) * next());
  return tf.tensor(dtype === 'float32' ? drawn : drawn.map(Math.floor), shape, dtype);
}

/** Values in random order, neighbours 0.3 apart. */
function spaced(size: number, low: number, next: () => number): number[] {
  const values = Array.from({ length: size }, (_, i) => low + 0.3 * i + 0.05 * next());
  for (let i = size - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [values[i], values[j]] = [values[j]!, values[i]!];
  }
  return values;
}

export function outputsOf(y: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
  return Array.isArray(y) ? y : [y];
}

export function perExample(batch: tf.Tensor, index: number): tf.Tensor {
  // tfjs's cpu backend can't slice an empty tensor that Pack made.
  if (batch.size === 0) return tf.zeros(batch.shape.slice(1), batch.dtype);
  return tf.reshape(tf.slice(batch, [index], [1]), batch.shape.slice(1));
}

/** Equal shape and type, and values within a relative tolerance. */
export function closeTo(found: tf.Tensor, expected: tf.Tensor, tolerance: number): void {
  expect({ shape: found.shape, dtype: found.dtype }).toEqual({
    shape: expected.shape,
    dtype: expected.dtype,
  });
  const [a, b] = [found.dataSync(), expected.dataSync()] as [Float32Array, Float32Array];
  for (let i = 0; i < a.length; i++) {
    const bothNaN = Number.isNaN(a[i]) && Number.isNaN(b[i]);
    if (!bothNaN && a[i] !== b[i] && !(Math.abs(a[i]! - b[i]!) <= tolerance * (1 + Math.abs(b[i]!)))) {
      expect.fail(`element ${i}: ${a[i]} is not within ${tolerance} of ${b[i]}`);
    }
  }
}
