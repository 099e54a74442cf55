import { add, type Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../core/engine';
import { tensorsOf } from '../transforms/results';
import type { MapLeaves } from '../tree';
import { leafwise } from './leafwise';

/**
 * Adds updates to parameters.
 *
 * @returns new parameters; the old ones stay the caller's
 * @throws TypeError with the key path where the structures differ
 * @example
 * ```ts
 * const [updates, next] = optimizer.update(gradients, state, params);
 * params = applyUpdates(params, updates);
 * ```
 */
export function applyUpdates<P>(params: P, updates: unknown): MapLeaves<P, Tensor, number> {
  return withScope(
    'applyUpdates',
    () => leafwise((p: Tensor, u: Tensor) => add(p, u), params, updates),
    tensorsOf,
  ) as MapLeaves<P, Tensor, number>;
}
