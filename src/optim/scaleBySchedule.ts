import { mul, type Tensor } from '@tensorflow/tfjs-core';
import { leafwise } from './leafwise';
import { increment, zeroCount } from './moments';
import type { Schedule } from './schedules/schedule';
import { transformation, type GradientTransformation } from './transformation';

/**
 * Multiplies updates by a schedule's value at the number of updates made before (0 for the first).
 *
 * @returns a transformation with the state `{ count }`
 */
export function scaleBySchedule(schedule: Schedule): GradientTransformation {
  if (typeof schedule !== 'function')
    throw new TypeError('scaleBySchedule: expected a schedule, a function of the count.');
  return transformation<{ count: Tensor }>('scaleBySchedule', {
    init: () => ({ count: zeroCount() }),
    update(updates, { count }) {
      const factor = schedule(count);
      return [leafwise((u: Tensor) => mul(u, factor), updates), { count: increment(count) }];
    },
  });
}
