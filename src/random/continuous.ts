import { abs, div, log, log1p, mul, neg, sign, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { between, unit } from './uniform';
import type { Key } from './keys';

/*
 * Distributions by inversion of their distribution functions. Each takes a key and a shape, and throws as `uniform` does.
 */

/** The least positive normal float32, and the distance from 1 to the next. */
const TINY = 2 ** -126;
const EPSILON = 2 ** -23;

/**
 * Exponential numbers of rate 1: -log(1 - u).
 *
 * @example
 * ```ts
 * random.exponential(random.key(42), [2]); // [0.6708, 1.1388]
 * ```
 */
export function exponential(key: Key, shape: number | readonly number[] = []): Tensor {
  return tidy(() => neg(log1p(neg(unit('exponential', key, shape)))));
}

/**
 * Standard Gumbel numbers: -log(-log(u)). The greatest of `logits + gumbel` is where `categorical` falls.
 *
 * @example
 * ```ts
 * random.gumbel(random.key(42), [2]); // [0.3341, 0.952]
 * ```
 */
export function gumbel(key: Key, shape: number | readonly number[] = []): Tensor {
  return tidy(() => neg(log(neg(log(between(unit('gumbel', key, shape), TINY, 1))))));
}

/**
 * Standard Laplace numbers: sign(u) log(1 - |u|), u uniform on (-1, 1).
 *
 * @example
 * ```ts
 * random.laplace(random.key(42), [2]); // [0.0228, -0.4457]
 * ```
 */
export function laplace(key: Key, shape: number | readonly number[] = []): Tensor {
  return tidy(() => {
    const u = between(unit('laplace', key, shape), -1 + EPSILON, 1);
    return mul(sign(u), log1p(neg(abs(u))));
  });
}

/**
 * Standard logistic numbers: log(u / (1 - u)).
 *
 * @example
 * ```ts
 * random.logistic(random.key(42), [2]); // [-0.0452, 0.7528]
 * ```
 */
export function logistic(key: Key, shape: number | readonly number[] = []): Tensor {
  return tidy(() => {
    const u = between(unit('logistic', key, shape), EPSILON, 1);
    return log(div(u, sub(1, u)));
  });
}
