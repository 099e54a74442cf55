import { transition, type TransitionOptions } from './polynomial';
import type { TensorSchedule } from './schedule';

/**
 * From one value to another in a straight line over `steps`; a warm-up where it rises.
 *
 * @example
 * ```ts
 * [0, 5, 10, 15].map(linearSchedule(0, 0.1, 10)); // [0, 0.05, 0.1, 0.1]
 * ```
 */
export function linearSchedule(
  initValue: number,
  endValue: number,
  steps: number,
  options: TransitionOptions = {},
): TensorSchedule {
  return transition('linearSchedule', initValue, endValue, 1, steps, options);
}
