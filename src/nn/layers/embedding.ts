import { gather, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, SIZE } from '../../core/numbers';
import { normal, type Initializer } from '../initializers';
import { drawn } from '../initializers/initializer';
import { stateless, type Layer, type Nothing } from '../layer';

/**
 * A learned vector for each of `count` symbols: int32 [...] to [..., features].
 *
 * @returns a layer with the parameters `{ table: [count, features] }`, normal with deviation 1 / sqrt(features) unless told
 * @example
 * ```ts
 * const words = embedding(1000, 16);
 * const { params, state } = words.init(random.key(0), [5]);
 * words.apply(params, state, tf.zeros([2, 5], 'int32'))[0].shape; // [2, 5, 16]
 * ```
 */
export function embedding(
  count: number,
  features: number,
  options: { init?: Initializer } = {},
): Layer<{ table: Tensor }, Nothing> {
  const { init } = withDefaults('embedding', options, { init: normal(1 / Math.sqrt(features)) });
  checkNumbers('embedding', { count, features }, SIZE);
  return stateless<{ table: Tensor }>('embedding', {
    init: (key, inputShape) => ({
      params: { table: drawn('embedding', init, key, [count, features]) },
      outputShape: [...inputShape, features],
    }),
    apply({ table }, x) {
      if (x.dtype !== 'int32')
        throw new TypeError(`embedding: symbols must be int32, got ${x.dtype}[${x.shape.join(',')}].`);
      return gather(table, x);
    },
  });
}
