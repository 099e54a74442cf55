import { add, cast, logSoftmax, mul, neg, oneHot, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { BELOW_ONE, checkNumbers } from '../../core/numbers';
import { checkClasses, checkFloat, checkSameShape } from './shapes';

export interface SmoothingOptions {
  /** Share of each label that is spread evenly over all classes (Szegedy et al. 2016); 0 by default. */
  labelSmoothing?: number;
}

/**
 * Cross-entropy of softmax(logits) with probabilities: -sum_k p_k log softmax(logits)_k.
 *
 * @param logits [..., k]
 * @param labels probabilities [..., k]
 * @returns one loss for each example, [...]: take the mean for a batch
 * @throws TypeError where a tensor is not float; RangeError where shapes differ or labelSmoothing is outside [0, 1)
 * @example
 * ```ts
 * softmaxCrossEntropy(tf.tensor2d([[0, 0], [9, 0]]), tf.tensor2d([[0.5, 0.5], [1, 0]])); // [0.6931, 0.0001]
 * ```
 */
export function softmaxCrossEntropy(logits: Tensor, labels: Tensor, options: SmoothingOptions = {}): Tensor {
  const name = 'softmaxCrossEntropy';
  checkFloat(name, 'logits', logits);
  checkFloat(name, 'labels', labels);
  checkSameShape(name, logits, labels, ['logits', 'labels']);
  const smoothing = smoothingOf(name, options);
  return tidy(() => crossEntropy(logits, labels, smoothing));
}

/**
 * The same for classes: -log softmax(logits)_label.
 *
 * @param logits [..., k]
 * @param labels int32 [...]; a label outside [0, k) has the loss 0
 * @returns one loss for each example, [...]
 * @throws TypeError where labels are not int32; RangeError where shapes do not fit or labelSmoothing is outside [0, 1)
 * @example
 * ```ts
 * softmaxCrossEntropyWithIntegerLabels(tf.tensor2d([[0, 0], [0, 9]]), tf.tensor1d([1, 1], 'int32')); // [0.6931, 0.0001]
 * ```
 */
export function softmaxCrossEntropyWithIntegerLabels(
  logits: Tensor,
  labels: Tensor,
  options: SmoothingOptions = {},
): Tensor {
  const name = 'softmaxCrossEntropyWithIntegerLabels';
  checkClasses(name, logits, labels);
  const smoothing = smoothingOf(name, options);
  const classes = logits.shape[logits.rank - 1]!;
  return tidy(() => crossEntropy(logits, cast(oneHot(labels, classes), 'float32'), smoothing));
}

function crossEntropy(logits: Tensor, labels: Tensor, smoothing: number): Tensor {
  const classes = logits.shape[logits.rank - 1]!;
  const target = smoothing === 0 ? labels : add(mul(labels, 1 - smoothing), smoothing / classes);
  return neg(sum(mul(target, logSoftmax(logits)), -1));
}

function smoothingOf(name: string, options: SmoothingOptions): number {
  const { labelSmoothing: smoothing } = withDefaults(name, options, { labelSmoothing: 0 });
  checkNumbers(name, { labelSmoothing: smoothing }, BELOW_ONE);
  return smoothing;
}
