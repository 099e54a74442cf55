import type { Tensor } from '@tensorflow/tfjs-core';
import { describeValue } from '../core/errors';
import { FINITE } from '../core/numbers';
import { increment, zeroCount } from './moments';
import { checkFactor, scaled } from './scale';
import type { Schedule } from './schedules/schedule';
import { transformation, type GradientTransformation } from './transformation';

/**
 * Multiplies updates by a schedule's value at the number of updates made before (0 for the first).
 *
 * @returns a transformation with the state `{ count }`
 * @example
 * ```ts
 * const { init, update } = scaleBySchedule(linearSchedule(1, 0, 4));
 * const [, state] = update(tf.scalar(8), init(tf.scalar(0)));
 * update(tf.scalar(8), state)[0]; // 6
 * ```
 */
export function scaleBySchedule(schedule: Schedule): GradientTransformation {
  if (typeof schedule !== 'function')
    throw new TypeError(
      `scaleBySchedule: expected a schedule, a function of the count, got ${describeValue(schedule)}.`,
    );
  return transformation<{ count: Tensor }>('scaleBySchedule', {
    init: () => ({ count: zeroCount() }),
    update(updates, { count }) {
      const factor = schedule(count);
      checkFactor('scaleBySchedule', "the schedule's value", factor, FINITE);
      return [scaled(updates, factor), { count: increment(count) }];
    },
  });
}
