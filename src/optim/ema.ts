import { div, type Tensor } from '@tensorflow/tfjs-core';
import { leafwise, zerosOf } from './leafwise';
import { average, increment, totalWeight, zeroCount } from './moments';
import { checkDecay } from './scaleByAdam';
import { transformation, type GradientTransformation } from './transformation';

/**
 * Exponential moving average of updates, corrected for its start from zero unless `debias` is false. Applied to parameters instead of
 * gradients it keeps their average: `ema.update(params, state)`.
 *
 * @returns a transformation with the state `{ count, ema }`
 */
export function ema(decay: number, { debias = true } = {}): GradientTransformation {
  checkDecay('ema: decay', decay);
  return transformation<{ count: Tensor; ema: unknown }>('ema', {
    init: (params) => ({ count: zeroCount(), ema: zerosOf(params) }),
    update(updates, state) {
      const count = increment(state.count);
      const averages = average(decay, updates, state.ema);
      if (!debias) return [averages, { count, ema: averages }];
      const weight = totalWeight(decay, count);
      return [leafwise((a: Tensor) => div(a, weight), averages), { count, ema: averages }];
    },
  });
}
