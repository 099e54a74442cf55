import { clipByValue, type Tensor } from '@tensorflow/tfjs-core';
import { checkNumbers, POSITIVE } from '../core/numbers';
import { leafwise } from './leafwise';
import { stateless, type GradientTransformation } from './transformation';

/**
 * Clips each element of the updates to [-maxDelta, maxDelta].
 *
 * @throws RangeError where maxDelta is not positive and finite
 * @example
 * ```ts
 * const { init, update } = clip(1);
 * update(tf.tensor1d([0.5, -3]), init(tf.zeros([2])))[0]; // [0.5, -1]
 * ```
 */
export function clip(maxDelta: number): GradientTransformation {
  checkNumbers('clip', { maxDelta }, POSITIVE);
  return stateless('clip', (updates) =>
    leafwise((u: Tensor) => clipByValue(u, -maxDelta, maxDelta), updates),
  );
}
