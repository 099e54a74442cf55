import { div, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { BELOW_ONE, checkNumbers } from '../core/numbers';
import { elementwise, zerosOf } from './leafwise';
import { average, follow, increment, totalWeight, zeroCount } from './moments';
import { transformation, type GradientTransformation } from './transformation';

const corrected = elementwise(2, (a, v, past, present, weight) => {
  const next = follow(a!, v!, past!, present!);
  return [next, div(next, weight!)];
});

/**
 * Exponential moving average of updates, corrected for its start from zero unless `debias` is false. Applied to parameters instead of
 * gradients it keeps their average: `ema.update(params, state)`.
 *
 * @returns a transformation with the state `{ count, ema }`
 * @example
 * ```ts
 * const average = ema(0.9);
 * let state = average.init(tf.scalar(0));
 * for (const w of [1, 2]) [, state] = average.update(tf.scalar(w), state);
 * average.update(tf.scalar(3), state)[0]; // 2.0701
 * ```
 */
export function ema(decay: number, options: { debias?: boolean } = {}): GradientTransformation {
  const { debias } = withDefaults('ema', options, { debias: true });
  checkNumbers('ema', { decay }, BELOW_ONE);
  return transformation<{ count: Tensor; ema: unknown }>('ema', {
    init: (params) => ({ count: zeroCount(), ema: zerosOf(params) }),
    update(updates, state) {
      const count = increment(state.count);
      if (!debias) {
        const averages = average(decay, updates, state.ema);
        return [averages, { count, ema: averages }];
      }
      const weight = totalWeight(decay, count);
      const [averages, result] = corrected([state.ema, updates], decay, 1 - decay, weight);
      return [result, { count, ema: averages }];
    },
  });
}
