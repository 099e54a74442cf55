import { cast, mul } from '@tensorflow/tfjs-core';
import { BELOW_ONE, checkNumbers } from '../../core/numbers';
import { bernoulli } from '../../random';
import { pure, type Layer, type Nothing } from '../layer';
import { neededKey } from './checks';

/**
 * In training sets each element to 0 with probability `rate` and scales the others by 1 / (1 - rate) (Srivastava et al.: Dropout, 2014).
 *
 * @throws TypeError where it is applied in training without a key
 * @example
 * ```ts
 * const drop = dropout(0.5);
 * drop.apply({}, {}, tf.ones([1, 2]))[0]; // [[1, 1]]
 * drop.apply({}, {}, tf.ones([1, 8]), { train: true, key: random.key(0) })[0]; // zeros and twos
 * ```
 */
export function dropout(rate: number): Layer<Nothing, Nothing> {
  checkNumbers('dropout', { rate }, BELOW_ONE);
  return pure(
    'dropout',
    (shape) => shape,
    (x, options) => {
      if (!options.train || rate === 0) return x;
      const stays = cast(bernoulli(neededKey('dropout', options), 1 - rate, x.shape), 'float32');
      return mul(x, mul(stays, 1 / (1 - rate)));
    },
  );
}
