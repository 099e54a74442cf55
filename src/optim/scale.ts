import { mul, Tensor } from '@tensorflow/tfjs-core';
import { checkNumbers } from '../core/numbers';
import { elementwise } from './leafwise';
import { stateless, type GradientTransformation } from './transformation';

const times = elementwise(1, (u, factor) => [mul(u!, factor!)]);

/** The updates times a scalar. */
export const scaled = (updates: unknown, factor: number | Tensor): unknown => times([updates], factor)[0];

/**
 * Multiplies updates by a constant.
 *
 * @param factor a number or a scalar tensor
 * @example
 * ```ts
 * scale(0.5).update([2, 4], [])[0]; // [1, 2]
 * ```
 */
export function scale(factor: number | Tensor): GradientTransformation {
  if (!(factor instanceof Tensor)) checkNumbers('scale', { factor });
  return stateless('scale', (updates) => scaled(updates, factor));
}
