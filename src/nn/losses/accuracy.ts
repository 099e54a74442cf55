import {
  cast,
  expandDims,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  mean,
  mul,
  oneHot,
  range,
  sum,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { checkNumbers, SIZE } from '../../core/numbers';
import { checkClasses } from './shapes';

/**
 * Share of the examples whose label has the greatest logit, a scalar. Of equal logits the first counts as the greatest; where a logit
 * is NaN the example counts as wrong.
 *
 * @param logits [..., k]
 * @param labels int32 [...]
 * @throws TypeError where labels are not int32; RangeError where shapes do not fit
 * @example
 * ```ts
 * accuracy(tf.tensor2d([[1, 2], [4, 3]]), tf.tensor1d([1, 1], 'int32')); // 0.5
 * ```
 */
export function accuracy(logits: Tensor, labels: Tensor): Tensor {
  return shareWithin('accuracy', logits, labels, 1);
}

/**
 * Share of the examples whose label is among the `k` greatest logits. See {@link accuracy}.
 *
 * @example
 * ```ts
 * topKAccuracy(tf.tensor2d([[1, 2, 3], [3, 2, 1]]), tf.tensor1d([1, 2], 'int32'), 2); // 0.5
 * ```
 */
export function topKAccuracy(logits: Tensor, labels: Tensor, k: number): Tensor {
  return shareWithin('topKAccuracy', logits, labels, k);
}

function shareWithin(name: string, logits: Tensor, labels: Tensor, k: number): Tensor {
  checkClasses(name, logits, labels);
  const classes = logits.shape[logits.rank - 1]!;
  checkNumbers(name, { k }, SIZE);
  if (k > classes)
    throw new RangeError(`${name}: k must be at most ${classes}, the number of classes, got ${k}.`);
  return tidy(() => {
    const own = expandDims(sum(mul(logits, cast(oneHot(labels, classes), 'float32')), -1), -1);
    const before = less(range(0, classes, 1, 'int32'), expandDims(labels, -1));
    // Not behind: no comparison with NaN holds, so that a NaN is ahead of everything, of itself too.
    const behind = logicalOr(less(logits, own), logicalAnd(lessEqual(logits, own), logicalNot(before)));
    const ahead = sum(cast(logicalNot(behind), 'float32'), -1);
    return mean(cast(less(ahead, k), 'float32'));
  });
}
