import { add, mul } from '@tensorflow/tfjs-core';
import { schedule, type TensorSchedule } from './schedule';

/**
 * The same value always.
 *
 * @example
 * ```ts
 * constantSchedule(0.1)(1000); // 0.1
 * ```
 */
export function constantSchedule(value: number): TensorSchedule {
  return schedule('constantSchedule', { value }, (count) => add(mul(count, 0), value));
}
