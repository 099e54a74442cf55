import { chain } from './chain';
import { scaleByLearningRate, type LearningRate } from './scaleByLearningRate';
import { scaleByRss } from './scaleByRss';
import type { GradientTransformation } from './transformation';

export interface AdagradOptions {
  /** Where the sum of squares starts; 0.1 by default. */
  initialAccumulatorValue?: number;
  /** Added inside the root; 1e-7 by default. */
  eps?: number;
}

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
  return chain(scaleByRss(options), scaleByLearningRate(learningRate));
}
