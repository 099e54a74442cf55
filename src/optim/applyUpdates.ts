import { add, type Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../core/engine';
import { onePass } from '../core/onePass';
import { assertSameStructure, unflatten, type MapLeaves } from '../tree';
import { tensors } from './transformation';

const added = onePass(1, (p, u) => [add(p!, u!)]);

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
  let results: Tensor[];
  return withScope(
    'applyUpdates',
    () => {
      const { leaves, structure } = tensors(params, 'applyUpdates: params');
      const given = tensors(updates, 'applyUpdates: updates');
      assertSameStructure(structure, given.structure, 'applyUpdates: updates');
      [results] = added([leaves, given.leaves]) as [Tensor[]];
      return unflatten(structure, results);
    },
    () => results,
  ) as MapLeaves<P, Tensor, number>;
}
