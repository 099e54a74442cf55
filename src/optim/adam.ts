import { withDefaults } from '../core/errors';
import { chain } from './chain';
import { adamDefaults, scaleByAdam, type AdamOptions } from './scaleByAdam';
import { scaleByLearningRate, type LearningRate } from './scaleByLearningRate';
import type { GradientTransformation } from './transformation';

/**
 * Adam (Kingma and Ba: Adam, a method for stochastic optimization, 2015); with `nesterov`, NAdam (Dozat 2016).
 *
 * @example
 * ```ts
 * const params = { w: tf.tensor1d([1, 2]) };
 * const optimizer = adam(1e-3);
 * const [updates, state] = optimizer.update({ w: tf.tensor1d([5, -7]) }, optimizer.init(params), params);
 * applyUpdates(params, updates); // { w: [0.999, 2.001] }
 * ```
 */
export function adam(learningRate: LearningRate, options: AdamOptions = {}): GradientTransformation {
  return chain(scaleByAdam(withDefaults('adam', options, adamDefaults)), scaleByLearningRate(learningRate));
}
