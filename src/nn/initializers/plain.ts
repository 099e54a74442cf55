import { fill, mul, tidy } from '@tensorflow/tfjs-core';
import { normal as drawNormal, truncatedNormal as drawTruncated, uniform as drawUniform } from '../../random';
import type { Initializer } from './initializer';

/**
 * The same value everywhere.
 *
 * @example
 * ```ts
 * initializers.constant(0.5)(random.key(0), [2]); // [0.5, 0.5]
 * ```
 */
export const constant =
  (value: number): Initializer =>
  (_, shape) =>
    fill(shape as number[], value);

/**
 * Zeros.
 *
 * @example
 * ```ts
 * initializers.zeros()(random.key(0), [2]); // [0, 0]
 * ```
 */
export const zeros = (): Initializer => constant(0);
/**
 * Ones.
 *
 * @example
 * ```ts
 * initializers.ones()(random.key(0), [2]); // [1, 1]
 * ```
 */
export const ones = (): Initializer => constant(1);

/**
 * Normal numbers of mean 0.
 *
 * @example
 * ```ts
 * initializers.normal(0.02)(random.key(0), [3, 2]).shape; // [3, 2]
 * ```
 */
export const normal =
  (deviation = 0.01): Initializer =>
  (key, shape) =>
    tidy(() => mul(drawNormal(key, shape), deviation));

/**
 * Normal numbers of mean 0, cut at two standard deviations (of the normal distribution before the cut).
 *
 * @example
 * ```ts
 * initializers.truncatedNormal(0.02)(random.key(0), [3, 2]).shape; // [3, 2]
 * ```
 */
export const truncatedNormal =
  (deviation = 0.01): Initializer =>
  (key, shape) =>
    tidy(() => mul(drawTruncated(key, -2, 2, shape), deviation));

/**
 * Uniform numbers from 0 to `scale`.
 *
 * @example
 * ```ts
 * initializers.uniform(0.02)(random.key(0), [3, 2]).shape; // [3, 2]
 * ```
 */
export const uniform =
  (scale = 0.01): Initializer =>
  (key, shape) =>
    tidy(() => mul(drawUniform(key, shape), scale));
