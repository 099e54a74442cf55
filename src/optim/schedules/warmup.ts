import { withDefaults } from '../../core/errors';
import { checkNumbers, POSITIVE } from '../../core/numbers';
import { cosineDecaySchedule } from './cosine';
import { exponentialDecay, exponentialDefaults, type ExponentialOptions } from './exponential';
import { joinSchedules } from './join';
import { transition } from './polynomial';
import type { TensorSchedule } from './schedule';

/**
 * A linear warm-up, then the peak's value for good.
 *
 * @example
 * ```ts
 * [0, 5, 10, 1000].map(warmupConstantSchedule(0, 0.1, 10)); // [0, 0.05, 0.1, 0.1]
 * ```
 */
export function warmupConstantSchedule(
  initValue: number,
  peakValue: number,
  warmupSteps: number,
): TensorSchedule {
  return transition('warmupConstantSchedule', initValue, peakValue, 1, warmupSteps);
}

export interface WarmupCosineOptions {
  /** 0 by default. */
  initValue?: number;
  peakValue: number;
  warmupSteps: number;
  /** Steps in all, those of the warm-up included. */
  decaySteps: number;
  /** 0 by default. */
  endValue?: number;
  /** Exponent of the cosine's arc; 1 by default. */
  exponent?: number;
}

/**
 * A linear warm-up, then a cosine's arc down.
 *
 * @example
 * ```ts
 * const rate = warmupCosineDecaySchedule({ peakValue: 0.1, warmupSteps: 10, decaySteps: 110 });
 * [0, 10, 60, 110].map(rate); // [0, 0.1, 0.05, 0]
 * ```
 */
export function warmupCosineDecaySchedule(options: WarmupCosineOptions): TensorSchedule {
  const { initValue, peakValue, warmupSteps, decaySteps, endValue, exponent } = withDefaults(
    'warmupCosineDecaySchedule',
    options,
    {
      initValue: 0,
      peakValue: NaN,
      warmupSteps: NaN,
      decaySteps: NaN,
      endValue: 0,
      exponent: 1,
    },
  );
  const name = 'warmupCosineDecaySchedule';
  checkNumbers(name, { peakValue, endValue, exponent, decaySteps });
  const rise = transition(name, initValue, peakValue, 1, warmupSteps);
  if (decaySteps <= warmupSteps)
    throw new RangeError(
      `${name}: decaySteps, those of the warm-up included, must be more than warmupSteps, got ${decaySteps} and ${warmupSteps}.`,
    );
  const alpha = peakValue === 0 ? 0 : endValue / peakValue;
  return joinSchedules(
    [rise, cosineDecaySchedule(peakValue, decaySteps - warmupSteps, { alpha, exponent })],
    [warmupSteps],
  );
}

export interface WarmupExponentialOptions extends ExponentialOptions {
  /** 0 by default. */
  initValue?: number;
  peakValue: number;
  warmupSteps: number;
  /** In how many steps the value is multiplied by `rate` once. */
  steps: number;
  rate: number;
}

/**
 * A linear warm-up, then exponential decay.
 *
 * @example
 * ```ts
 * const rate = warmupExponentialDecaySchedule({ peakValue: 0.1, warmupSteps: 10, steps: 100, rate: 0.1 });
 * [0, 10, 110, 210].map(rate); // [0, 0.1, 0.01, 0.001]
 * ```
 */
export function warmupExponentialDecaySchedule(options: WarmupExponentialOptions): TensorSchedule {
  const { initValue, peakValue, warmupSteps, steps, rate, ...decay } = withDefaults(
    'warmupExponentialDecaySchedule',
    options,
    {
      initValue: 0,
      peakValue: NaN,
      warmupSteps: NaN,
      steps: NaN,
      rate: NaN,
      ...exponentialDefaults,
    },
  );
  const name = 'warmupExponentialDecaySchedule';
  checkNumbers(name, { peakValue });
  checkNumbers(name, { steps, rate }, POSITIVE);
  return joinSchedules(
    [transition(name, initValue, peakValue, 1, warmupSteps), exponentialDecay(peakValue, steps, rate, decay)],
    [warmupSteps],
  );
}
