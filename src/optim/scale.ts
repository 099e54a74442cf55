import { mul, Tensor } from '@tensorflow/tfjs-core';
import { describeAval } from '../core/errors';
import { checkNumbers, FINITE, type Domain } from '../core/numbers';
import { elementwise } from './leafwise';
import { stateless, type GradientTransformation } from './transformation';

const times = elementwise(1, (u, factor) => [mul(u!, factor!)]);

/** The updates times a scalar. */
export const scaled = (updates: unknown, factor: number | Tensor): unknown => times([updates], factor)[0];

/** @throws TypeError where a factor is neither a number nor a scalar tensor of numbers; RangeError where it is a number out of its domain */
export function checkFactor(name: string, what: string, factor: number | Tensor, domain: Domain): void {
  if (!(factor instanceof Tensor)) checkNumbers(name, { [what]: factor }, domain);
  else if (factor.rank !== 0 || !['float32', 'int32'].includes(factor.dtype))
    throw new TypeError(`${name}: ${what} must be a number or a scalar, got ${describeAval(factor)}.`);
}

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
  checkFactor('scale', 'factor', factor, FINITE);
  return stateless('scale', (updates) => scaled(updates, factor));
}
