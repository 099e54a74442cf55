import { add, mul, sign, type Tensor } from '@tensorflow/tfjs-core';
import { leafwise, zerosOf } from './leafwise';
import { average } from './moments';
import { checkDecay } from './scaleByAdam';
import { transformation, type GradientTransformation } from './transformation';

/**
 * Lion's direction sign(b1 m + (1 - b1) g), with m the moving average of gradients with decay b2 (Chen et al.: Symbolic discovery of
 * optimization algorithms, 2023).
 *
 * @returns a transformation with the state `{ mu }`
 */
export function scaleByLion({ b1 = 0.9, b2 = 0.99 } = {}): GradientTransformation {
  checkDecay('b1', b1);
  checkDecay('b2', b2);
  return transformation<{ mu: unknown }>('scaleByLion', {
    init: (params) => ({ mu: zerosOf(params) }),
    update: (updates, { mu }) => [
      leafwise((g: Tensor, m: Tensor) => sign(add(mul(g, 1 - b1), mul(m, b1))), updates, mu),
      { mu: average(b2, updates, mu) },
    ],
  });
}
