import { add, mul } from '@tensorflow/tfjs-core';
import { schedule, type TensorSchedule } from './schedule';

/** The same value always. */
export function constantSchedule(value: number): TensorSchedule {
  return schedule('constantSchedule', (count) => add(mul(count, 0), value));
}
