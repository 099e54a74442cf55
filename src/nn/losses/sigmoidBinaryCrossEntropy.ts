import { add, mul, neg, softplus, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { checkFloat, checkSameShape } from './shapes';

/**
 * Cross-entropy of sigmoid(logits) with probabilities, each by itself: p softplus(-x) + (1 - p) softplus(x), which keeps its digits
 * where the loss is small and is finite where it is large.
 *
 * @param logits any shape
 * @param labels probabilities of the same shape
 * @returns one loss for each element
 * @throws TypeError where a tensor is not float; RangeError where shapes differ
 * @example
 * ```ts
 * sigmoidBinaryCrossEntropy(tf.tensor1d([0, 50]), tf.tensor1d([1, 1])); // [0.6931, 0]
 * ```
 */
export function sigmoidBinaryCrossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const name = 'sigmoidBinaryCrossEntropy';
  checkFloat(name, 'logits', logits);
  checkFloat(name, 'labels', labels);
  checkSameShape(name, logits, labels, ['logits', 'labels']);
  return tidy(() => add(mul(labels, softplus(neg(logits))), mul(sub(1, labels), softplus(logits))));
}
