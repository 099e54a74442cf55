import { add, mean, mul, square, sub } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, NOT_NEGATIVE } from '../../core/numbers';
import { stateless, type Layer, type Nothing } from '../layer';
import { factor, normDefaults, normParams, type NormOptions, type NormParams } from './batchNorm';
import { checkRankAtLeast } from './checks';

/**
 * Normalises each position over its last axis (Ba, Kiros, Hinton: Layer normalization, 2016).
 *
 * @returns a layer with the parameters `{ scale, bias }`, [channels]
 * @example
 * ```ts
 * const norm = layerNorm();
 * const { params, state } = norm.init(random.key(0), [2]);
 * norm.apply(params, state, tf.tensor2d([[10, 30]]))[0]; // [[-1, 1]]
 * ```
 */
export function layerNorm(options: NormOptions = {}): Layer<NormParams, Nothing> {
  const { eps, ...parts } = withDefaults('layerNorm', options, normDefaults);
  checkNumbers('layerNorm', { eps }, NOT_NEGATIVE);
  return stateless<NormParams>('layerNorm', {
    init(_, inputShape) {
      checkRankAtLeast('layerNorm', inputShape, 1);
      return { params: normParams(inputShape.at(-1)!, parts), outputShape: inputShape };
    },
    apply({ scale, bias }, x) {
      const centered = sub(x, mean(x, -1, true));
      const normal = mul(centered, factor(mean(square(centered), -1, true), eps));
      const scaled = scale ? mul(normal, scale) : normal;
      return bias ? add(scaled, bias) : scaled;
    },
    operations: (input) => 8 * input.reduce((a, d) => a * d, 1),
  });
}
