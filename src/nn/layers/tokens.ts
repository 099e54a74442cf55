import { add, concat, broadcastTo, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { normal, type Initializer } from '../initializers';
import { drawn } from '../initializers/initializer';
import { checkRank, stateless, type Layer, type Nothing } from '../layer';

/**
 * Puts a learned vector in front of a sequence: [length, n] to [length + 1, n] (Dosovitskiy et al. 2021).
 *
 * @example
 * ```ts
 * classToken().init(random.key(0), [64, 192]).outputShape; // [65, 192]
 * ```
 */
export function classToken(options: { init?: Initializer } = {}): Layer<{ token: Tensor }, Nothing> {
  const { init } = withDefaults('classToken', options, { init: normal(0.02) });
  return stateless<{ token: Tensor }>('classToken', {
    init(key, inputShape) {
      checkRank('classToken', inputShape, 2, 'length, n');
      const [length, n] = inputShape as [number, number];
      return { params: { token: drawn('classToken', init, key, [1, n]) }, outputShape: [length + 1, n] };
    },
    apply: ({ token }, x) => concat([broadcastTo(token, [x.shape[0]!, 1, x.shape[2]!]), x], 1),
  });
}

/**
 * Adds a learned vector to each position of a sequence: [length, n].
 *
 * @example
 * ```ts
 * positionEmbedding().init(random.key(0), [65, 192]).outputShape; // [65, 192]
 * ```
 */
export function positionEmbedding(
  options: { init?: Initializer } = {},
): Layer<{ positions: Tensor }, Nothing> {
  const { init } = withDefaults('positionEmbedding', options, { init: normal(0.02) });
  return stateless<{ positions: Tensor }>('positionEmbedding', {
    init(key, inputShape) {
      checkRank('positionEmbedding', inputShape, 2, 'length, n');
      return {
        params: { positions: drawn('positionEmbedding', init, key, inputShape) },
        outputShape: inputShape,
      };
    },
    apply: ({ positions }, x) => add(x, positions),
  });
}
