import { mul, square, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { checkFloat, checkSameShape } from './shapes';

/**
 * Half the squared difference, for each element: its gradient is the difference.
 *
 * @throws TypeError where a tensor is not float; RangeError where shapes differ
 * @example
 * ```ts
 * l2Loss(tf.tensor1d([1, 3]), tf.tensor1d([1, 1])); // [0, 2]
 * ```
 */
export function l2Loss(predictions: Tensor, targets: Tensor): Tensor {
  checkFloat('l2Loss', 'predictions', predictions);
  checkFloat('l2Loss', 'targets', targets);
  checkSameShape('l2Loss', predictions, targets, ['predictions', 'targets']);
  return tidy(() => mul(0.5, square(sub(predictions, targets))));
}
