import { withDefaults } from '../core/errors';
import { chain } from './chain';
import { scaleByLearningRate, type LearningRate } from './scaleByLearningRate';
import { rmsDefaults, scaleByRms, type RmsOptions } from './scaleByRms';
import type { SgdOptions } from './sgd';
import { trace } from './trace';
import type { GradientTransformation } from './transformation';

/**
 * RMSProp (Tieleman and Hinton 2012), with momentum if asked (Graves 2013).
 *
 * @example
 * ```ts
 * const optimizer = rmsprop(0.01, { decay: 0.75 });
 * optimizer.update(tf.tensor1d([3, -4]), optimizer.init(tf.zeros([2])))[0]; // [-0.02, 0.02]
 * ```
 */
export function rmsprop(
  learningRate: LearningRate,
  options: RmsOptions & SgdOptions = {},
): GradientTransformation {
  const { momentum, nesterov, ...rms } = withDefaults('rmsprop', options, {
    momentum: undefined,
    nesterov: false,
    ...rmsDefaults,
  });
  const direction = [scaleByRms(rms), scaleByLearningRate(learningRate)];
  return momentum === undefined ? chain(...direction) : chain(...direction, trace(momentum, { nesterov }));
}
