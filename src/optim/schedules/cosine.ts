import { add, cos, div, minimum, mul, pow } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, POSITIVE } from '../../core/numbers';
import { schedule, type TensorSchedule } from './schedule';

export interface CosineOptions {
  /** Share of the initial value at the end; 0 by default. */
  alpha?: number;
  /** Exponent of the cosine's arc; 1 by default. */
  exponent?: number;
}

/**
 * init * ((1 - alpha) ((1 + cos(pi t / steps)) / 2)^exponent + alpha), with t held at `steps` (Loshchilov and Hutter: SGDR, 2017).
 *
 * @example
 * ```ts
 * const rate = cosineDecaySchedule(0.1, 100);
 * [0, 50, 100, 150].map(rate); // [0.1, 0.05, 0, 0]
 * ```
 */
export function cosineDecaySchedule(
  initValue: number,
  steps: number,
  options: CosineOptions = {},
): TensorSchedule {
  const { alpha, exponent } = withDefaults('cosineDecaySchedule', options, { alpha: 0, exponent: 1 });
  checkNumbers('cosineDecaySchedule', { steps }, POSITIVE);
  return schedule('cosineDecaySchedule', { initValue, alpha, exponent }, (count) => {
    const arc = mul(0.5, add(1, cos(mul(Math.PI, div(minimum(count, steps), steps)))));
    return mul(initValue, add(mul(1 - alpha, exponent === 1 ? arc : pow(arc, exponent)), alpha));
  });
}
