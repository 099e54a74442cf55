import { add, maximum, mul, sub, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { describeAval, withDefaults } from '../core/errors';
import { checkNumbers } from '../core/numbers';
import { toTensor } from '../core/values';
import { checkKey, checkShape, type Key } from './keys';
import { drawKernel } from './primitives';

/** A number or a tensor: shapes broadcast against what is drawn, and derivatives flow. */
export type Parameter = number | Tensor;

export interface UniformOptions {
  /** Included; 0 by default. */
  minval?: Parameter;
  /** Excluded; 1 by default. */
  maxval?: Parameter;
}

/**
 * Uniform numbers on [minval, maxval), float32 of shape `shape`: the same as JAX's for the same key.
 *
 * @throws TypeError where `key` is not a key or a bound is neither a number nor float32; RangeError where `shape` is not a shape, or a bound is not
 *   finite or does not broadcast against it
 * @example
 * ```ts
 * random.uniform(random.key(42), [2]); // [0.4887, 0.6798]
 * ```
 */
export function uniform(
  key: Key,
  shape: number | readonly number[] = [],
  options: UniformOptions = {},
): Tensor {
  const { minval, maxval } = withDefaults('random.uniform', options, { minval: 0, maxval: 1 });
  return tidy(() => {
    const u = unit('uniform', key, shape);
    if (minval === 0 && maxval === 1) return u;
    const bound = (value: Parameter, which: string): Parameter => {
      if (typeof value !== 'number') return toParameter(value, 'uniform', which, u.shape);
      checkNumbers('random.uniform', { [which]: value });
      return value;
    };
    return between(u, bound(minval, 'minval'), bound(maxval, 'maxval'));
  });
}

/** Uniform on [0, 1), for a distribution of another name. */
export function unit(name: string, key: Key, shape: number | readonly number[]): Tensor {
  checkKey(name, key);
  return drawKernel(key, { draw: 'uniform', shape: checkShape(name, shape) });
}

/** u (max - min) + min for u in [0, 1); rounding must not lead below min. */
export function between(u: Tensor, minval: Parameter, maxval: Parameter): Tensor {
  if (typeof minval === 'number' && typeof maxval === 'number') {
    const low = Math.fround(minval);
    return maximum(add(mul(u, Math.fround(Math.fround(maxval) - low)), low), low);
  }
  return add(mul(u, sub(maxval, minval)), minval);
}

/**
 * 32 random bits for each element, as int32 of shape `shape` (the sign is the uppermost bit).
 *
 * @example
 * ```ts
 * random.bits(random.key(42), [2]); // [2098992034, -1375260455]
 * ```
 */
export function bits(key: Key, shape: number | readonly number[] = []): Tensor {
  checkKey('bits', key);
  return drawKernel(key, { draw: 'bits', shape: checkShape('bits', shape) });
}

/** A parameter of a distribution, checked, also against the shape of what is drawn. */
export function toParameter(
  value: unknown,
  name: string,
  parameter: string,
  shape: readonly number[] = [],
): Tensor {
  const tensor = toTensor(value, `random.${name}: ${parameter}`);
  if (tensor.dtype !== 'float32')
    throw new TypeError(`random.${name}: ${parameter} must be float32, got ${describeAval(tensor)}.`);
  const lead = shape.length - tensor.rank;
  if (tensor.shape.some((d, i) => d !== 1 && ![1, d, undefined].includes(shape[lead + i])))
    throw new RangeError(
      `random.${name}: ${parameter} of shape [${tensor.shape.join(',')}] does not broadcast against [${shape.join(',')}].`,
    );
  return tensor;
}
