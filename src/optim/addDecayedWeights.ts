import { add, mul } from '@tensorflow/tfjs-core';
import { checkNumbers } from '../core/numbers';
import { elementwise } from './leafwise';
import type { Mask } from './mask';
import { masked } from './masked';
import { stateless, type GradientTransformation } from './transformation';

const decayed = elementwise(1, (u, p, decay) => [add(u!, mul(p!, decay!))]);

/**
 * Adds `weightDecay` times the parameter to each update.
 *
 * @param mask which leaves decay; all by default. Usually biases and the scales of normalisations do not
 * @example
 * ```ts
 * const decay = addDecayedWeights(0.1, (p: unknown) => tree.map((w: tf.Tensor) => w.rank > 1, p as tf.Tensor[]));
 * const params = [tf.ones([1, 1]), tf.ones([1])];
 * decay.update(tree.map(tf.zerosLike, params), decay.init(params), params)[0]; // [[[0.1]], [0]]
 * ```
 */
export function addDecayedWeights(weightDecay: number, mask?: Mask): GradientTransformation {
  checkNumbers('addDecayedWeights', { weightDecay });
  const decay = stateless(
    'addDecayedWeights',
    (updates, params) => decayed([updates, params], weightDecay)[0],
    true,
  );
  return mask === undefined ? decay : masked(decay, mask);
}
