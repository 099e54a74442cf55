import { withDefaults } from '../core/errors';
import { chain } from './chain';
import { scaleByLearningRate, type LearningRate } from './scaleByLearningRate';
import { trace } from './trace';
import type { GradientTransformation } from './transformation';

export interface SgdOptions {
  /** Decay of the momentum; none by default. */
  momentum?: number;
  /** Nesterov's momentum (Sutskever et al. 2013). */
  nesterov?: boolean;
}

/**
 * Stochastic gradient descent, with momentum if asked (Robbins and Monro 1951; Polyak 1964).
 *
 * @example
 * ```ts
 * const optimizer = sgd(0.1, { momentum: 0.9, nesterov: true });
 * optimizer.update(tf.tensor1d([1, 2]), optimizer.init(tf.zeros([2])))[0]; // [-0.19, -0.38]
 * ```
 */
export function sgd(learningRate: LearningRate, options: SgdOptions = {}): GradientTransformation {
  const { momentum, nesterov } = withDefaults('sgd', options, { momentum: undefined, nesterov: false });
  const step = scaleByLearningRate(learningRate);
  return momentum === undefined ? chain(step) : chain(trace(momentum, { nesterov }), step);
}
