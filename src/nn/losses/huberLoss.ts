import { abs, add, minimum, mul, square, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, POSITIVE } from '../../core/numbers';
import { checkFloat, checkSameShape } from './shapes';

/**
 * e^2 / 2 for errors up to delta, and from there on the straight line that continues it, delta (|e| - delta / 2), for each element (Huber:
 * Robust estimation of a location parameter, 1964).
 *
 * @throws TypeError where a tensor is not float; RangeError where shapes differ or delta is not positive
 * @example
 * ```ts
 * huberLoss(tf.tensor1d([0.5, 3]), tf.tensor1d([0, 0])); // [0.125, 2.5]
 * ```
 */
export function huberLoss(predictions: Tensor, targets: Tensor, options: { delta?: number } = {}): Tensor {
  const { delta } = withDefaults('huberLoss', options, { delta: 1 });
  checkFloat('huberLoss', 'predictions', predictions);
  checkFloat('huberLoss', 'targets', targets);
  checkSameShape('huberLoss', predictions, targets, ['predictions', 'targets']);
  checkNumbers('huberLoss', { delta }, POSITIVE);
  return tidy(() => {
    const error = abs(sub(predictions, targets));
    const inner = minimum(error, delta);
    return add(mul(0.5, square(inner)), mul(delta, sub(error, inner)));
  });
}
