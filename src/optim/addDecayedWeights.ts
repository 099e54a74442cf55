import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import { leafwise } from './leafwise';
import type { Mask } from './mask';
import { masked } from './masked';
import { stateless, type GradientTransformation } from './transformation';

/**
 * Adds `weightDecay` times the parameter to each update.
 *
 * @param mask which leaves decay; all by default. Usually biases and the scales of normalisations do not
 */
export function addDecayedWeights(weightDecay: number, mask?: Mask): GradientTransformation {
  const decay = stateless(
    'addDecayedWeights',
    (updates, params) => leafwise((u: Tensor, p: Tensor) => add(u, mul(p, weightDecay)), updates, params),
    true,
  );
  return mask === undefined ? decay : masked(decay, mask);
}
