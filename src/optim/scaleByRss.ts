import { add, div, fill, greater, sqrt, square, where, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { leafwise } from './leafwise';
import { transformation, type GradientTransformation } from './transformation';

/**
 * Divides by the root of the sum of all squared gradients so far (Duchi, Hazan, Singer: Adaptive subgradient methods, 2011).
 *
 * @returns a transformation with the state `{ sumOfSquares }`
 */
export function scaleByRss({ initialAccumulatorValue = 0.1, eps = 1e-7 } = {}): GradientTransformation {
  return transformation<{ sumOfSquares: unknown }>('scaleByRss', {
    init: (params) => ({
      sumOfSquares: leafwise((p: Tensor) => fill(p.shape, initialAccumulatorValue), params),
    }),
    update(updates, state) {
      const sumOfSquares = leafwise((g: Tensor, t: Tensor) => add(square(g), t), updates, state.sumOfSquares);
      const direction = leafwise(
        (g: Tensor, t: Tensor) => where(greater(t, 0), div(g, sqrt(add(t, eps))), zerosLike(g)),
        updates,
        sumOfSquares,
      );
      return [direction, { sumOfSquares }];
    },
  });
}
