import { add, argMax, cast, less, mul, reshape, sub, Tensor, tidy } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { checkNumbers, SHARE, WHOLE } from '../core/numbers';
import { gumbel } from './continuous';
import { checkKey, checkShape, type Key } from './keys';
import { drawKernel } from './primitives';
import { toParameter, unit, type Parameter } from './uniform';

/**
 * True with probability p.
 *
 * @param p     a number or a float tensor
 * @param shape must be what p broadcasts to; p's own by default
 * @throws RangeError where p is a number outside of [0, 1]
 * @example
 * ```ts
 * random.bernoulli(random.key(0), tf.tensor1d([0, 1])); // [0, 1]
 * ```
 */
export function bernoulli(key: Key, p: Parameter = 0.5, shape?: number | readonly number[]): Tensor {
  if (typeof p === 'number') checkNumbers('random.bernoulli', { p }, SHARE);
  return tidy(() => {
    const own = p instanceof Tensor ? p.shape : [];
    const u = unit('bernoulli', key, shape ?? own);
    return less(u, typeof p === 'number' ? p : toParameter(p, 'bernoulli', 'p', u.shape));
  });
}

/**
 * -1 or 1 with equal probability, as int32 of shape `shape`.
 *
 * @example
 * ```ts
 * random.rademacher(random.key(42), [4]); // [1, -1, -1, -1]
 * ```
 */
export function rademacher(key: Key, shape: number | readonly number[] = []): Tensor {
  return tidy(() => {
    const heads = less(unit('rademacher', key, shape), 0.5);
    return sub(mul(cast(heads, 'int32'), cast(2, 'int32')), cast(1, 'int32'));
  });
}

/**
 * Whole numbers, uniform on [minval, maxval), as int32 of shape `shape`.
 *
 * @throws TypeError where a bound is no number; RangeError where it is not a whole number of 32 bits, or minval >= maxval
 * @example
 * ```ts
 * random.randint(random.key(42), [4], 0, 10); // [4, 4, 1, 9]
 * ```
 */
export function randint(key: Key, shape: number | readonly number[], minval: number, maxval: number): Tensor {
  checkKey('randint', key);
  checkNumbers('random.randint', { minval, maxval }, WHOLE);
  const fits = (n: number, most: number): boolean => n >= -0x80000000 && n <= most;
  if (!fits(minval, 0x7fffffff) || !fits(maxval, 0x80000000) || minval >= maxval) {
    throw new RangeError(
      `random.randint: minval and maxval must be whole numbers of 32 bits with minval < maxval, got ${minval} and ${maxval}.`,
    );
  }
  return drawKernel(key, {
    draw: 'integers',
    shape: checkShape('randint', shape),
    low: minval,
    high: maxval,
  });
}

export interface CategoricalOptions {
  /** Axis of the categories; the last by default. */
  axis?: number;
  /** Shape of the result, which ends in that of `logits` without `axis`, the default. */
  shape?: readonly number[];
}

/**
 * Draws categories with probabilities proportional to exp(logits), as int32, by the Gumbel-max trick.
 *
 * @param logits float tensor of unnormalised log probabilities
 * @throws RangeError where `axis` is out of range, or `shape` does not end in the shape of logits without it
 * @example
 * ```ts
 * random.categorical(random.key(42), tf.log([0.1, 0.2, 0.7]), { shape: [6] }); // [2, 2, 2, 2, 1, 2]
 * ```
 */
export function categorical(key: Key, logits: Tensor, options: CategoricalOptions = {}): Tensor {
  const { axis, shape } = withDefaults('random.categorical', options, { axis: -1, shape: undefined });
  checkKey('categorical', key);
  checkNumbers('random.categorical', { axis }, WHOLE);
  const l = toParameter(logits, 'categorical', 'logits');
  const from = axis < 0 ? axis + l.rank : axis;
  if (from < 0 || from >= l.rank)
    throw new RangeError(
      `random.categorical: axis ${axis} is out of bounds for logits of shape [${l.shape.join(',')}].`,
    );
  const batch = l.shape.filter((_, i) => i !== from);
  const result = shape ? checkShape('categorical', shape) : batch;
  const lead = result.slice(0, Math.max(0, result.length - batch.length));
  if (result.length < batch.length || batch.some((n, i) => n !== result[lead.length + i])) {
    throw new RangeError(
      `random.categorical: shape [${result.join(',')}] must end in [${batch.join(',')}], the shape of logits without axis ${axis}.`,
    );
  }
  return tidy(() => reshape(argMax(add(gumbel(key, [...lead, ...l.shape]), l), lead.length + from), result));
}
