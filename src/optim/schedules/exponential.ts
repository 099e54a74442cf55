import { exp, floor, lessEqual, maximum, minimum, mul, scalar, sub, div, where } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, POSITIVE } from '../../core/numbers';
import type { TransitionOptions } from './polynomial';
import { schedule, type TensorSchedule } from './schedule';

export interface ExponentialOptions extends TransitionOptions {
  /** Falls once every `steps` instead of a little in each: a step schedule. */
  staircase?: boolean;
  /** Bound at which the value stays. */
  endValue?: number;
}

/** Of {@link ExponentialOptions}. */
export const exponentialDefaults = { begin: 0, staircase: false, endValue: undefined };

/**
 * init * rate^(t / steps), with t the count since `begin`.
 *
 * @param steps in how many steps the value is multiplied by `rate` once
 * @example
 * ```ts
 * const rate = exponentialDecay(0.1, 30, 0.1, { staircase: true });
 * [0, 29, 30, 60].map(rate); // [0.1, 0.1, 0.01, 0.001]
 * ```
 */
export function exponentialDecay(
  initValue: number,
  steps: number,
  rate: number,
  options: ExponentialOptions = {},
): TensorSchedule {
  const { begin, staircase, endValue } = withDefaults('exponentialDecay', options, exponentialDefaults);
  checkNumbers('exponentialDecay', { steps, rate }, POSITIVE);
  return schedule(
    'exponentialDecay',
    { initValue, begin, ...(endValue !== undefined && { endValue }) },
    (count) => {
      const t = sub(count, begin);
      const p = div(t, steps);
      const decayed = mul(initValue, exp(mul(staircase ? floor(p) : p, Math.log(rate))));
      const value = where(lessEqual(t, 0), scalar(initValue), decayed);
      if (endValue === undefined) return value;
      return rate < 1 ? maximum(value, endValue) : minimum(value, endValue);
    },
  );
}
