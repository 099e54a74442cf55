import type * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { tree } from '../../src';
import { tolerance } from '../support/tolerance';

/** Equal structure, shapes and types, and values within a tolerance, at least that of the backend's elementary functions. */
export function expectClose(found: unknown, expected: unknown, asked = 2e-5): void {
  const within = Math.max(asked, tolerance().elementary);
  expect(tree.structure(found).equals(tree.structure(expected))).toBe(true);
  const pairs = (value: unknown): tf.Tensor[] => tree.leaves(value) as tf.Tensor[];
  pairs(found).forEach((t, i) => {
    const other = pairs(expected)[i]!;
    expect({ shape: t.shape, dtype: t.dtype }).toEqual({ shape: other.shape, dtype: other.dtype });
    const [a, b] = [t.dataSync(), other.dataSync()] as [Float32Array, Float32Array];
    for (let k = 0; k < a.length; k++)
      expect(Math.abs(a[k]! - b[k]!), `leaf ${i}, element ${k}: ${a[k]} and ${b[k]}`).toBeLessThanOrEqual(
        within * (1 + Math.abs(b[k]!)),
      );
  });
}
