import {
  clipByValue,
  div,
  erf as tfErf,
  maximum,
  minimum,
  mul,
  tidy,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { erf } from './erf';
import { erfInv } from './erfInv';
import { checkKey, checkShape, type Key } from './keys';
import { drawKernel } from './primitives';
import { between, toParameter, unit, type Parameter } from './uniform';

/**
 * Standard normal numbers, float32 of shape `shape`.
 *
 * @throws TypeError where `key` is not a key; RangeError where `shape` is not a shape
 * @example
 * ```ts
 * random.normal(random.key(42), [2]); // [-0.0283, 0.4671]
 * ```
 */
export function normal(key: Key, shape: number | readonly number[] = []): Tensor {
  checkKey('normal', key);
  return drawKernel(key, { draw: 'normal', shape: checkShape('normal', shape) });
}

/**
 * Standard normal numbers given that they lie in [lower, upper]: sqrt(2) erfInv(u) with u uniform between erf(lower / sqrt(2)) and
 * erf(upper / sqrt(2)).
 *
 * @param lower, upper numbers or tensors that broadcast against `shape`; beyond 5 standard deviations the tails of float32 end
 * @throws RangeError where lower >= upper, both being numbers
 * @example
 * ```ts
 * random.truncatedNormal(random.key(42), -2, 2, [2]); // [-0.027, 0.4444]
 * ```
 */
export function truncatedNormal(
  key: Key,
  lower: Parameter,
  upper: Parameter,
  shape: number | readonly number[] = [],
): Tensor {
  return tidy(() => {
    const u = unit('truncatedNormal', key, shape);
    if (typeof lower === 'number' && typeof upper === 'number') {
      if (!(lower < upper))
        throw new RangeError(
          `random.truncatedNormal: lower must be less than upper, got ${lower} and ${upper}.`,
        );
      const x = erfInv(between(u, erf(lower / Math.SQRT2), erf(upper / Math.SQRT2)));
      return clipByValue(mul(x, Math.SQRT2), lower, upper);
    }
    const [a, b] = [
      toParameter(lower, 'truncatedNormal', 'lower', u.shape),
      toParameter(upper, 'truncatedNormal', 'upper', u.shape),
    ];
    const x = erfInv(between(u, tfErf(div(a, Math.SQRT2)), tfErf(div(b, Math.SQRT2))));
    return minimum(maximum(mul(x, Math.SQRT2), a), b);
  });
}
