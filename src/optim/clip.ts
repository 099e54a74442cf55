import { clipByValue, type Tensor } from '@tensorflow/tfjs-core';
import { leafwise } from './leafwise';
import { stateless, type GradientTransformation } from './transformation';

/**
 * Clips each element of the updates to [-maxDelta, maxDelta].
 *
 * @throws RangeError where maxDelta is not positive
 * @example
 * ```ts
 * const { init, update } = clip(1);
 * update(tf.tensor1d([0.5, -3]), init(tf.zeros([2])))[0]; // [0.5, -1]
 * ```
 */
export function clip(maxDelta: number): GradientTransformation {
  if (!(maxDelta > 0)) throw new RangeError(`clip: maxDelta must be positive, got ${maxDelta}.`);
  return stateless('clip', (updates) =>
    leafwise((u: Tensor) => clipByValue(u, -maxDelta, maxDelta), updates),
  );
}
