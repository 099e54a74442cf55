import { fill, mul, tidy } from '@tensorflow/tfjs-core';
import { normal as drawNormal, truncatedNormal as drawTruncated, uniform as drawUniform } from '../../random';
import type { Initializer } from './initializer';

/** The same value everywhere. */
export const constant =
  (value: number): Initializer =>
  (_, shape) =>
    fill(shape as number[], value);

export const zeros = (): Initializer => constant(0);
export const ones = (): Initializer => constant(1);

/** Normal numbers of mean 0. */
export const normal =
  (deviation = 0.01): Initializer =>
  (key, shape) =>
    tidy(() => mul(drawNormal(key, shape), deviation));

/** Normal numbers of mean 0, cut at two standard deviations (of the normal distribution before the cut). */
export const truncatedNormal =
  (deviation = 0.01): Initializer =>
  (key, shape) =>
    tidy(() => mul(drawTruncated(key, -2, 2, shape), deviation));

/** Uniform numbers from 0 to `scale`. */
export const uniform =
  (scale = 0.01): Initializer =>
  (key, shape) =>
    tidy(() => mul(drawUniform(key, shape), scale));
