import { less, scalar, sub, type Tensor, where } from '@tensorflow/tfjs-core';
import { describeValue } from '../../core/errors';
import { checkNumbers } from '../../core/numbers';
import { checkFunction } from '../../transforms/arguments';
import { schedule, type Schedule, type TensorSchedule } from './schedule';

/**
 * One schedule after the other, each counting from where it begins.
 *
 * @param boundaries counts at which the second, third ... begin
 * @throws TypeError where a schedule is no function; RangeError where boundaries are not one fewer, or do not ascend
 * @example
 * ```ts
 * const rate = joinSchedules([linearSchedule(0, 0.1, 5), constantSchedule(0.1), constantSchedule(0.01)], [5, 20]);
 * [0, 5, 19, 20].map(rate); // [0, 0.1, 0.1, 0.01]
 * ```
 */
export function joinSchedules(schedules: readonly Schedule[], boundaries: readonly number[]): TensorSchedule {
  if (!Array.isArray(schedules) || !Array.isArray(boundaries))
    throw new TypeError(
      `joinSchedules: expected arrays of schedules and boundaries, got ${describeValue(schedules)} and ${describeValue(boundaries)}.`,
    );
  if (schedules.length === 0 || boundaries.length !== schedules.length - 1)
    throw new RangeError(
      `joinSchedules: ${schedules.length} schedules need ${schedules.length - 1} boundaries, got ${boundaries.length}.`,
    );
  for (const part of schedules) checkFunction('joinSchedules', part);
  checkNumbers('joinSchedules: boundaries', { ...boundaries });
  if (boundaries.some((boundary, i) => boundary < boundaries[i - 1]!))
    throw new RangeError(`joinSchedules: boundaries must ascend, got [${boundaries.join(', ')}].`);
  return schedule('joinSchedules', {}, (count) => {
    let value = asTensor(schedules[0]!, count);
    boundaries.forEach((boundary, i) => {
      const later = asTensor(schedules[i + 1]!, sub(count, boundary));
      value = where(less(count, boundary), value, later);
    });
    return value;
  });
}

function asTensor(of: Schedule, count: Tensor): Tensor {
  const value = of(count);
  return typeof value === 'number' ? scalar(value) : value;
}
