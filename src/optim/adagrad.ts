import { withDefaults } from '../core/errors';
import { chain } from './chain';
import { scaleByLearningRate, type LearningRate } from './scaleByLearningRate';
import { rssDefaults, scaleByRss, type AdagradOptions } from './scaleByRss';
import type { GradientTransformation } from './transformation';

/**
 * AdaGrad (Duchi, Hazan, Singer: Adaptive subgradient methods, 2011).
 *
 * @example
 * ```ts
 * const optimizer = adagrad(0.5, { initialAccumulatorValue: 0 });
 * optimizer.update(tf.tensor1d([3, -4]), optimizer.init(tf.zeros([2])))[0]; // [-0.5, 0.5]
 * ```
 */
export function adagrad(learningRate: LearningRate, options: AdagradOptions = {}): GradientTransformation {
  return chain(scaleByRss(withDefaults('adagrad', options, rssDefaults)), scaleByLearningRate(learningRate));
}
