import { neg, Tensor } from '@tensorflow/tfjs-core';
import { NOT_NEGATIVE } from '../core/numbers';
import { checkFactor, scale, scaled } from './scale';
import { scaleBySchedule } from './scaleBySchedule';
import type { Schedule } from './schedules/schedule';
import { stateless, type GradientTransformation } from './transformation';

/** A learning rate: a number, a scalar tensor (a variable keeps its current value under jit), or a schedule. */
export type LearningRate = number | Tensor | Schedule;

/**
 * Multiplies updates by the negative learning rate: the last step of an optimizer, which turns a direction of ascent into a step down.
 *
 * @throws TypeError where the rate is none of these; RangeError where it is a number below 0 or not finite
 * @example
 * ```ts
 * const step = scaleByLearningRate(linearSchedule(0.1, 0, 10));
 * step.update(tf.tensor1d([1, 2]), step.init(tf.zeros([2])))[0]; // [-0.1, -0.2]
 * ```
 */
export function scaleByLearningRate(rate: LearningRate): GradientTransformation {
  if (typeof rate === 'function') {
    return scaleBySchedule((count) => {
      const value = rate(count);
      return typeof value === 'number' ? -value : neg(value);
    });
  }
  checkFactor('scaleByLearningRate', 'the learning rate', rate, NOT_NEGATIVE);
  // The tensor is read at each update, so that a variable may change.
  if (rate instanceof Tensor)
    return stateless('scaleByLearningRate', (updates) => scaled(updates, neg(rate)));
  return scale(-rate);
}
