import {
  add,
  cast,
  div,
  greaterEqual,
  logicalNot,
  mul,
  scalar,
  sub,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { checkNumbers, SIZE } from '../core/numbers';
import { leafwise, zerosOf } from './leafwise';
import { increment, zeroCount } from './moments';
import { choose, stepWhere } from './stepWhere';
import {
  checkTransformation,
  transformation,
  type GradientTransformation,
  type OptState,
} from './transformation';

/**
 * Gathers gradients, as optax.MultiSteps does: every `every`-th update is the inner transformation's, of the mean of the gradients since the last one,
 * and those between are zeros. A step then has the effect of a batch `every` times as large.
 *
 * @returns a transformation with the state `{ count, mean, inner }`: how many gradients have been gathered, and their mean
 * @throws TypeError, RangeError where `every` is no positive whole number
 * @example
 * ```ts
 * const optimizer = multiSteps(sgd(0.1), 2);
 * const [first, state] = optimizer.update(tf.scalar(1), optimizer.init(tf.scalar(0)));
 * first; // 0
 * optimizer.update(tf.scalar(3), state)[0]; // -0.2
 * ```
 */
export function multiSteps(inner: GradientTransformation, every: number): GradientTransformation {
  checkTransformation('multiSteps: inner', inner);
  checkNumbers('multiSteps', { every }, SIZE);
  return transformation<{ count: Tensor; mean: unknown; inner: OptState }>('multiSteps', {
    init: (params) => ({ count: zeroCount(), mean: zerosOf(params), inner: inner.init(params) }),
    update(updates, state, params) {
      const count = increment(state.count);
      const n = cast(count, 'float32');
      const mean = leafwise((m: Tensor, g: Tensor) => add(m, div(sub(g, m), n)), state.mean, updates);
      const full = greaterEqual(count, scalar(every, 'int32'));
      const [changed, next] = stepWhere(full, inner, mean, state.inner, params);
      return [
        changed,
        {
          count: mul(count, cast(logicalNot(full), 'int32')),
          mean: choose(full, zerosOf(mean), mean),
          inner: next,
        },
      ];
    },
  });
}
