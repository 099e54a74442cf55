import { polynomialSchedule, type TransitionOptions } from './polynomial';
import type { TensorSchedule } from './schedule';

/** From one value to another in a straight line over `steps`; a warm-up where it rises. */
export function linearSchedule(
  initValue: number,
  endValue: number,
  steps: number,
  options: TransitionOptions = {},
): TensorSchedule {
  return polynomialSchedule(initValue, endValue, 1, steps, options);
}
