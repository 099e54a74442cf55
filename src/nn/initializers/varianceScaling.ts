import { mul, tidy } from '@tensorflow/tfjs-core';
import { normal as drawNormal, truncatedNormal as drawTruncated, uniform as drawUniform } from '../../random';
import { fans, type Initializer } from './initializer';

export type Distribution = 'uniform' | 'normal' | 'truncatedNormal';

/** Standard deviation of a standard normal number between -2 and 2. */
const TRUNCATED_DEVIATION = 0.87962566103423978;

/**
 * Numbers of mean 0 and variance scale / fan, as in `jax.nn.initializers.variance_scaling`: the same numbers for the same key.
 *
 * @param mode which fan: inputs, outputs, or their mean
 * @example
 * ```ts
 * initializers.varianceScaling(2, 'fanOut', 'normal')(random.key(0), [3, 3, 8, 16]).shape; // [3, 3, 8, 16]
 * ```
 */
export function varianceScaling(
  scale: number,
  mode: 'fanIn' | 'fanOut' | 'fanAverage',
  distribution: Distribution,
): Initializer {
  return (key, shape) =>
    tidy(() => {
      const { fanIn, fanOut } = fans(shape);
      const fan = mode === 'fanIn' ? fanIn : mode === 'fanOut' ? fanOut : (fanIn + fanOut) / 2;
      const variance = scale / Math.max(fan, 1);
      if (distribution === 'uniform')
        return mul(drawUniform(key, shape, { minval: -1, maxval: 1 }), Math.sqrt(3 * variance));
      if (distribution === 'normal') return mul(drawNormal(key, shape), Math.sqrt(variance));
      return mul(drawTruncated(key, -2, 2, shape), Math.sqrt(variance) / TRUNCATED_DEVIATION);
    });
}
