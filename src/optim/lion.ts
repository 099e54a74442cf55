import { withDefaults } from '../core/errors';
import { addDecayedWeights } from './addDecayedWeights';
import type { DecayOptions } from './adamw';
import { chain } from './chain';
import { scaleByLearningRate, type LearningRate } from './scaleByLearningRate';
import { scaleByLion } from './scaleByLion';
import type { GradientTransformation } from './transformation';

export interface LionOptions extends DecayOptions {
  /** Weight of the momentum in the step; 0.9 by default. */
  b1?: number;
  /** Decay of the momentum; 0.99 by default. */
  b2?: number;
}

/**
 * Lion (Chen et al.: Symbolic discovery of optimization algorithms, 2023). Its steps have the size of the learning rate in every element:
 * take a rate 3 to 10 times smaller than Adam's, and a weight decay (1e-3 by default) as much larger.
 *
 * @example
 * ```ts
 * const params = tf.tensor1d([0, 0]);
 * const optimizer = lion(1e-2, { weightDecay: 0 });
 * optimizer.update(tf.tensor1d([100, -0.1]), optimizer.init(params), params)[0]; // [-0.01, 0.01]
 * ```
 */
export function lion(learningRate: LearningRate, options: LionOptions = {}): GradientTransformation {
  const { b1, b2, weightDecay, mask } = withDefaults('lion', options, {
    b1: 0.9,
    b2: 0.99,
    weightDecay: 1e-3,
    mask: undefined,
  });
  return chain(
    scaleByLion({ b1, b2 }),
    addDecayedWeights(weightDecay, mask),
    scaleByLearningRate(learningRate),
  );
}
