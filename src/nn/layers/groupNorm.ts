import { add, mean, mul, reshape, square, sub } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, NOT_NEGATIVE, SIZE } from '../../core/numbers';
import { stateless, type Layer, type Nothing } from '../layer';
import { factor, normDefaults, normParams, type NormOptions, type NormParams } from './batchNorm';
import { checkRankAtLeast } from './checks';

/**
 * Normalises each example over all positions and groups of channels (Wu and He: Group normalization, 2018). As many groups as channels
 * make it instance normalisation.
 *
 * @returns a layer with the parameters `{ scale, bias }`, [channels]
 * @throws RangeError where groups do not divide the channels
 * @example
 * ```ts
 * groupNorm(4).init(random.key(0), [28, 28, 16]).outputShape; // [28, 28, 16]
 * ```
 */
export function groupNorm(groups: number, options: NormOptions = {}): Layer<NormParams, Nothing> {
  checkNumbers('groupNorm', { groups }, SIZE);
  const { eps, ...parts } = withDefaults('groupNorm', options, normDefaults);
  checkNumbers('groupNorm', { eps }, NOT_NEGATIVE);
  return stateless<NormParams>('groupNorm', {
    init(_, inputShape) {
      checkRankAtLeast('groupNorm', inputShape, 1);
      const channels = inputShape.at(-1)!;
      if (channels % groups !== 0)
        throw new RangeError(`groupNorm: ${groups} groups do not divide ${channels} channels.`);
      return { params: normParams(channels, parts), outputShape: inputShape };
    },
    apply({ scale, bias }, x) {
      const [b, channels] = [x.shape[0]!, x.shape[x.rank - 1]!];
      const parts = reshape(x, [b, -1, groups, channels / groups]);
      const centered = sub(parts, mean(parts, [1, 3], true));
      const normal = reshape(mul(centered, factor(mean(square(centered), [1, 3], true), eps)), x.shape);
      const scaled = scale ? mul(normal, scale) : normal;
      return bias ? add(scaled, bias) : scaled;
    },
    operations: (input) => 8 * input.reduce((a, d) => a * d, 1),
  });
}
