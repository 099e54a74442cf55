import { cast, mul } from '@tensorflow/tfjs-core';
import { BELOW_ONE, checkNumbers } from '../../core/numbers';
import { bernoulli } from '../../random';
import { pure, type Layer, type Nothing } from '../layer';
import { neededKey } from './checks';

/**
 * In training sets whole examples to 0 with probability `rate` and scales the others by 1 / (1 - rate): the last layer inside a
 * residual (Huang et al.: Deep networks with stochastic depth, 2016).
 *
 * @throws TypeError where it is applied in training without a key
 * @example
 * ```ts
 * const block = residual(sequential(dense(4), stochasticDepth(0.1)));
 * const { params, state } = block.init(random.key(0), [4]);
 * block.apply(params, state, tf.ones([8, 4]), { train: true, key: random.key(1) })[0].shape; // [8, 4]
 * ```
 */
export function stochasticDepth(rate: number): Layer<Nothing, Nothing> {
  checkNumbers('stochasticDepth', { rate }, BELOW_ONE);
  return pure(
    'stochasticDepth',
    (shape) => shape,
    (x, options) => {
      if (!options.train || rate === 0) return x;
      const each = [x.shape[0]!, ...x.shape.slice(1).map(() => 1)];
      const stays = cast(bernoulli(neededKey('stochasticDepth', options), 1 - rate, each), 'float32');
      return mul(x, mul(stays, 1 / (1 - rate)));
    },
  );
}
