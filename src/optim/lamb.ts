import { withDefaults } from '../core/errors';
import { addDecayedWeights } from './addDecayedWeights';
import type { DecayOptions } from './adamw';
import { chain } from './chain';
import { adamDefaults, scaleByAdam, type AdamOptions } from './scaleByAdam';
import { scaleByLearningRate, type LearningRate } from './scaleByLearningRate';
import { scaleByTrustRatio } from './scaleByTrustRatio';
import type { GradientTransformation } from './transformation';

/**
 * LAMB, for large batches: Adam's direction scaled to each leaf's norm (You et al. 2020). No weight decay by default; eps is 1e-6.
 *
 * @example
 * ```ts
 * const params = { w: tf.tensor1d([3, 4]) };
 * const optimizer = lamb(0.1);
 * optimizer.update({ w: tf.tensor1d([1, 0]) }, optimizer.init(params), params)[0]; // { w: [-0.5, 0] }
 * ```
 */
export function lamb(
  learningRate: LearningRate,
  options: AdamOptions & DecayOptions = {},
): GradientTransformation {
  const { weightDecay, mask, ...direction } = withDefaults('lamb', options, {
    weightDecay: 0,
    mask: undefined,
    ...adamDefaults,
    eps: 1e-6,
  });
  return chain(
    scaleByAdam(direction),
    addDecayedWeights(weightDecay, mask),
    scaleByTrustRatio(),
    scaleByLearningRate(learningRate),
  );
}
