import { mul, scalar, type Tensor } from '@tensorflow/tfjs-core';
import { leafwise } from './leafwise';
import { stateless, type GradientTransformation } from './transformation';

/**
 * Multiplies updates by a constant.
 *
 * @param factor a number or a scalar tensor
 */
export function scale(factor: number | Tensor): GradientTransformation {
  return stateless('scale', (updates) => {
    const by = typeof factor === 'number' ? scalar(factor) : factor;
    return leafwise((u: Tensor) => mul(u, by), updates);
  });
}
