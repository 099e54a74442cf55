import { add, type Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../core/engine';
import { onePass } from '../core/onePass';
import { unflatten } from '../tree';
import type { MapLeaves } from '../tree/types';
import { checkShapes, tensors } from './transformation';

const added = onePass(1, (p, u) => [add(p!, u!)]);

/**
 * Adds updates to parameters.
 *
 * @returns new parameters; the old ones stay the caller's
 * @throws TypeError with the key path where the structures differ, RangeError where shapes do
 * @example
 * ```ts
 * applyUpdates({ w: tf.tensor1d([1, 2]), b: 3 }, { w: tf.tensor1d([0.5, -0.5]), b: 1 }); // { w: [1.5, 1.5], b: 4 }
 * ```
 */
export function applyUpdates<P>(params: P, updates: unknown): MapLeaves<P, Tensor, number> {
  let results: Tensor[];
  return withScope(
    'applyUpdates',
    () => {
      const own = tensors(params, 'applyUpdates: params');
      const given = tensors(updates, 'applyUpdates: updates');
      checkShapes('applyUpdates', given, own);
      [results] = added([own.leaves, given.leaves]) as [Tensor[]];
      return unflatten(own.structure, results);
    },
    () => results,
  ) as MapLeaves<P, Tensor, number>;
}
