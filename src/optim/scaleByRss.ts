import { add, div, fill, greater, mul, sqrt, square, where, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { checkNumbers, NOT_NEGATIVE } from '../core/numbers';
import { elementwise, leafwise } from './leafwise';
import { transformation, type GradientTransformation } from './transformation';

export interface AdagradOptions {
  /** Where the sum of squares starts; 0.1 by default. */
  initialAccumulatorValue?: number;
  /** Added inside the root; 1e-7 by default. */
  eps?: number;
}

/** Of {@link AdagradOptions}. */
export const rssDefaults = { initialAccumulatorValue: 0.1, eps: 1e-7 };

const step = elementwise(2, (g, sum, eps) => {
  const t = add(square(g!), sum!);
  // 0 in the leaf's shape, which stays NaN where g is.
  return [t, where(greater(t, 0), div(g!, sqrt(add(t, eps!))), mul(g!, 0))];
});

/**
 * Divides by the root of the sum of all squared gradients so far (Duchi, Hazan, Singer: Adaptive subgradient methods, 2011).
 *
 * @returns a transformation with the state `{ sumOfSquares }`
 * @example
 * ```ts
 * const direction = scaleByRss({ initialAccumulatorValue: 0 });
 * direction.update(tf.tensor1d([3, -4]), direction.init(tf.zeros([2])))[0]; // [1, -1]
 * ```
 */
export function scaleByRss(options: AdagradOptions = {}): GradientTransformation {
  const { initialAccumulatorValue, eps } = withDefaults('scaleByRss', options, rssDefaults);
  checkNumbers('scaleByRss', { initialAccumulatorValue, eps }, NOT_NEGATIVE);
  return transformation<{ sumOfSquares: unknown }>('scaleByRss', {
    init: (params) => ({
      sumOfSquares: leafwise((p: Tensor) => fill(p.shape, initialAccumulatorValue), params),
    }),
    update(updates, state) {
      const [sumOfSquares, direction] = step([updates, state.sumOfSquares], eps);
      return [direction, { sumOfSquares }];
    },
  });
}
