import {
  add,
  addN,
  cast,
  equal,
  greater,
  logicalNot,
  logicalOr,
  mul,
  scalar,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { checkNumbers, COUNT } from '../core/numbers';
import { leaves } from '../tree';
import { isFilled } from './leafwise';
import { increment, zeroCount } from './moments';
import { stepWhere } from './stepWhere';
import {
  checkTransformation,
  transformation,
  type GradientTransformation,
  type OptState,
} from './transformation';

/**
 * Skips updates from gradients with NaN or infinities: they become zeros, and the inner state stays as it was. After `maxConsecutiveErrors`
 * of them one after the other the next is let through, so that a training that is lost shows it.
 *
 * @returns a transformation with the state `{ notFinite, total, inner }`: how many in a row, and in all, have been skipped or let through
 * @throws TypeError, RangeError where maxConsecutiveErrors is no whole number of at least 0
 * @example
 * ```ts
 * const optimizer = applyIfFinite(sgd(0.1, { momentum: 0.9 }), 5);
 * const [skipped, state] = optimizer.update(tf.scalar(NaN), optimizer.init(tf.scalar(0)));
 * skipped; // 0
 * optimizer.update(tf.scalar(1), state)[0]; // -0.1
 * ```
 */
export function applyIfFinite(
  inner: GradientTransformation,
  maxConsecutiveErrors: number,
): GradientTransformation {
  checkTransformation('applyIfFinite: inner', inner);
  checkNumbers('applyIfFinite', { maxConsecutiveErrors }, COUNT);
  return transformation<{ notFinite: Tensor; total: Tensor; inner: OptState }>('applyIfFinite', {
    init: (params) => ({ notFinite: zeroCount(), total: zeroCount(), inner: inner.init(params) }),
    update(updates, state, params) {
      const finite = allFinite(updates);
      const failed = cast(logicalNot(finite), 'int32');
      const notFinite = mul(increment(state.notFinite), failed);
      const applied = logicalOr(finite, greater(notFinite, scalar(maxConsecutiveErrors, 'int32')));
      const [changed, next] = stepWhere(applied, inner, updates, state.inner, params);
      return [changed, { notFinite, total: add(state.total, failed), inner: next }];
    },
  });
}

/** 0 x is 0 for finite numbers, and NaN for all others. */
function allFinite(tree: unknown): Tensor {
  const filled = (leaves(tree) as Tensor[]).filter(isFilled);
  return equal(addN([scalar(0), ...filled.map((x) => sum(mul(x, 0)))]), 0);
}
