import { withDefaults } from '../../core/errors';
import { BELOW_ONE, checkNumbers, POSITIVE } from '../../core/numbers';
import { piecewiseInterpolateSchedule } from './piecewise';
import { type TensorSchedule } from './schedule';

export interface OneCycleOptions {
  /** Share of the steps in which the value rises; 0.3 by default. */
  pctStart?: number;
  /** It starts at peak / divFactor; 25 by default. */
  divFactor?: number;
  /** It ends at the start's value / finalDivFactor; 1e4 by default. */
  finalDivFactor?: number;
}

const oneCycleDefaults = { pctStart: 0.3, divFactor: 25, finalDivFactor: 1e4 };

/**
 * Up to the peak and down again along half cosines (Smith and Topin: Super-convergence, 2018).
 *
 * @example
 * ```ts
 * [0, 30, 65, 100].map(cosineOnecycleSchedule(100, 0.1)); // [0.004, 0.1, 0.05, 0]
 * ```
 */
export function cosineOnecycleSchedule(
  steps: number,
  peakValue: number,
  options: OneCycleOptions = {},
): TensorSchedule {
  const { pctStart, divFactor, finalDivFactor } = withDefaults(
    'cosineOnecycleSchedule',
    options,
    oneCycleDefaults,
  );
  checkNumbers('cosineOnecycleSchedule', { peakValue });
  checkNumbers('cosineOnecycleSchedule', { steps, divFactor, finalDivFactor }, POSITIVE);
  checkNumbers('cosineOnecycleSchedule', { pctStart }, BELOW_ONE);
  return piecewiseInterpolateSchedule('cosine', peakValue / divFactor, {
    [Math.floor(pctStart * steps)]: divFactor,
    [steps]: 1 / (divFactor * finalDivFactor),
  });
}

/**
 * Up to the peak and down to the start's value in straight lines, and further down at the end, from `pctFinal` (0.85) on.
 *
 * @example
 * ```ts
 * [0, 15, 30, 85, 100].map(linearOnecycleSchedule(100, 0.1)); // [0.004, 0.052, 0.1, 0.004, 0]
 * ```
 */
export function linearOnecycleSchedule(
  steps: number,
  peakValue: number,
  options: OneCycleOptions & { pctFinal?: number } = {},
): TensorSchedule {
  const { pctStart, pctFinal, divFactor, finalDivFactor } = withDefaults('linearOnecycleSchedule', options, {
    pctFinal: 0.85,
    ...oneCycleDefaults,
  });
  checkNumbers('linearOnecycleSchedule', { peakValue });
  checkNumbers('linearOnecycleSchedule', { steps, divFactor, finalDivFactor }, POSITIVE);
  checkNumbers('linearOnecycleSchedule', { pctStart, pctFinal }, BELOW_ONE);
  if (pctStart >= pctFinal)
    throw new RangeError(
      `linearOnecycleSchedule: pctStart must be less than pctFinal, got ${pctStart} and ${pctFinal}.`,
    );
  return piecewiseInterpolateSchedule('linear', peakValue / divFactor, {
    [Math.floor(pctStart * steps)]: divFactor,
    [Math.floor(pctFinal * steps)]: 1 / divFactor,
    [steps]: 1 / finalDivFactor,
  });
}
