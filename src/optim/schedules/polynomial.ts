import { add, clipByValue, div, mul, pow, sub } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, POSITIVE } from '../../core/numbers';
import { schedule, type TensorSchedule } from './schedule';

export interface TransitionOptions {
  /** Steps before the transition begins; 0 by default. */
  begin?: number;
}

/**
 * (init - end) (1 - t / steps)^power + end, with t the count since `begin`, held within [0, steps].
 *
 * @param steps length of the transition
 * @example
 * ```ts
 * [0, 5, 10].map(polynomialSchedule(1, 0, 2, 10)); // [1, 0.25, 0]
 * ```
 */
export function polynomialSchedule(
  initValue: number,
  endValue: number,
  power: number,
  steps: number,
  options: TransitionOptions = {},
): TensorSchedule {
  return transition('polynomialSchedule', initValue, endValue, power, steps, options);
}

/** The same under another name, for messages. */
export function transition(
  name: string,
  initValue: number,
  endValue: number,
  power: number,
  steps: number,
  options: TransitionOptions = {},
): TensorSchedule {
  const { begin } = withDefaults(name, options, { begin: 0 });
  checkNumbers(name, { steps }, POSITIVE);
  return schedule(name, { initValue, endValue, power, begin }, (count) => {
    const t = clipByValue(sub(count, begin), 0, steps);
    const left = sub(1, div(t, steps));
    return add(mul(initValue - endValue, power === 1 ? left : pow(left, power)), endValue);
  });
}
