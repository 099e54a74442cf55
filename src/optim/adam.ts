import { chain } from './chain';
import { scaleByAdam, type AdamOptions } from './scaleByAdam';
import { scaleByLearningRate, type LearningRate } from './scaleByLearningRate';
import type { GradientTransformation } from './transformation';

/**
 * Adam (Kingma and Ba: Adam, a method for stochastic optimization, 2015); with `nesterov`, NAdam (Dozat 2016).
 *
 * @example
 * ```ts
 * const optimizer = adam(1e-3);
 * let state = optimizer.init(params);
 * const [updates, next] = optimizer.update(gradients, state, params);
 * ```
 */
export function adam(learningRate: LearningRate, options: AdamOptions = {}): GradientTransformation {
  return chain(scaleByAdam(options), scaleByLearningRate(learningRate));
}
