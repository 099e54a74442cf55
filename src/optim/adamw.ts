import { withDefaults } from '../core/errors';
import { addDecayedWeights } from './addDecayedWeights';
import { chain } from './chain';
import type { Mask } from './mask';
import { adamDefaults, scaleByAdam, type AdamOptions } from './scaleByAdam';
import { scaleByLearningRate, type LearningRate } from './scaleByLearningRate';
import type { GradientTransformation } from './transformation';

export interface DecayOptions {
  /** Multiplied with the learning rate, as in PyTorch. */
  weightDecay?: number;
  /** Which leaves decay; all by default. */
  mask?: Mask;
}

/**
 * Adam with decoupled weight decay, 1e-4 by default (Loshchilov and Hutter: Decoupled weight decay regularization, 2019).
 *
 * @example
 * ```ts
 * const params = { kernel: tf.tensor1d([10]), bias: tf.tensor1d([10]) };
 * const optimizer = adamw(0.1, { weightDecay: 0.05, mask: { kernel: true, bias: false } });
 * const [updates] = optimizer.update(params, optimizer.init(params), params);
 * updates; // { kernel: [-0.15], bias: [-0.1] }
 * ```
 */
export function adamw(
  learningRate: LearningRate,
  options: AdamOptions & DecayOptions = {},
): GradientTransformation {
  const { weightDecay, mask, ...direction } = withDefaults('adamw', options, {
    weightDecay: 1e-4,
    mask: undefined,
    ...adamDefaults,
  });
  return chain(
    scaleByAdam(direction),
    addDecayedWeights(weightDecay, mask),
    scaleByLearningRate(learningRate),
  );
}
