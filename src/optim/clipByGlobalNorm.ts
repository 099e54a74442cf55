import { div, maximum } from '@tensorflow/tfjs-core';
import { checkNumbers, POSITIVE } from '../core/numbers';
import { globalNorm } from './globalNorm';
import { scaled } from './scale';
import { stateless, type GradientTransformation } from './transformation';

/**
 * Scales all updates together so that their global norm is at most `maxNorm` (Pascanu, Mikolov, Bengio: On the difficulty of training
 * recurrent neural networks, 2013). Smaller ones stay as they are.
 *
 * @throws RangeError where maxNorm is not positive and finite
 * @example
 * ```ts
 * const { init, update } = clipByGlobalNorm(1);
 * update({ w: 3, b: 4 }, init({ w: 0, b: 0 }))[0]; // { w: 0.6, b: 0.8 }
 * ```
 */
export function clipByGlobalNorm(maxNorm: number): GradientTransformation {
  checkNumbers('clipByGlobalNorm', { maxNorm }, POSITIVE);
  return stateless('clipByGlobalNorm', (updates) => {
    // maxNorm / max(norm, maxNorm) is exactly 1 for norms up to maxNorm, and finite at 0.
    return scaled(updates, div(maxNorm, maximum(globalNorm(updates), maxNorm)));
  });
}
