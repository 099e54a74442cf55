import { cast, scalar, stack, Tensor, tensor1d, tidy, unstack } from '@tensorflow/tfjs-core';
import { assertBackend } from '../core/backendErrors';
import { describeAval, describeValue } from '../core/errors';
import { drawKernel, foldInKernel } from './primitives';

/** A key: two words of 32 bits, int32 of shape `[2]`. Everything random is a function of one; using it twice gives the same again. */
export type Key = Tensor;

/**
 * A key from a seed, the same as JAX's for the same seed.
 *
 * @param seed a whole number, up to 2^53 in size, or an int32 scalar
 * @throws TypeError where the seed is neither
 * @example
 * ```ts
 * const [forWeights, forNoise] = random.split(random.key(0));
 * random.normal(forWeights, [3, 2]).shape; // [3, 2]
 * ```
 */
export function key(seed: number | Tensor): Key {
  if (typeof seed === 'number') {
    if (!Number.isSafeInteger(seed))
      throw new TypeError(`random.key: seed must be a whole number of at most 2^53, got ${seed}.`);
    assertBackend(() => 'random.key');
    // The upper word of a seed of 32 bits is zero, also of a negative one.
    const high = seed >= -0x80000000 && seed < 0 ? 0 : Math.floor(seed / 0x100000000);
    return tensor1d([high | 0, seed | 0], 'int32');
  }
  if (!(seed instanceof Tensor) || seed.rank !== 0 || seed.dtype !== 'int32')
    throw new TypeError(
      `random.key: seed must be a whole number or an int32 scalar, got ${describeValue(seed)}.`,
    );
  // A constant, not zeros like the seed: made on the host, where webgpu keeps all bits of both.
  return tidy(() => stack([scalar(0, 'int32'), seed]));
}

/**
 * New keys from one, which is not to be used again.
 *
 * @returns an array of `n` keys, to be taken apart: `const [a, b] = split(key)`. See {@link keys} for one tensor of keys
 * @throws TypeError where `key` is not a key; RangeError where `n` is not a positive whole number
 * @example
 * ```ts
 * const [a, b] = random.split(random.key(42));
 * random.uniform(a, [2]); // [0.5303, 0.3134]
 * random.uniform(b, [2]); // [0.7277, 0.7879]
 * ```
 */
export function split(key: Key, n?: 2): [Key, Key];
export function split(key: Key, n: 3): [Key, Key, Key];
export function split(key: Key, n: 4): [Key, Key, Key, Key];
export function split(key: Key, n?: number): Key[];
export function split(key: Key, n = 2): Key[] {
  checkKey('split', key);
  checkShape('split', [n]);
  return n === 0 ? [] : tidy(() => unstack(drawKernel(key, { draw: 'keys', shape: [n] })));
}

/**
 * New keys from one as a tensor `[...shape, 2]`: for `vmap`, which maps over them, and for `lax.scan`.
 *
 * @example
 * ```ts
 * const each = random.keys(random.key(0), 8);
 * vmap((k: tf.Tensor) => random.uniform(k, [3]))(each).shape; // [8, 3]
 * ```
 */
export function keys(key: Key, shape: number | readonly number[]): Tensor {
  checkKey('keys', key);
  return drawKernel(key, { draw: 'keys', shape: checkShape('keys', shape) });
}

/**
 * A new key from a key and a number: of a step, a layer, an example. As in JAX, `fold(key, i)` is `split(key)[i]`, so either fold into
 * a key or split it.
 *
 * @param data a whole number of 32 bits, or an int32 scalar
 * @example
 * ```ts
 * for (let step = 0; step < 3; step++) random.normal(random.fold(random.key(0), step), [2]); // other numbers each time
 * ```
 */
export function fold(key: Key, data: number | Tensor): Key {
  checkKey('fold', key);
  if (typeof data === 'number') {
    if (!Number.isInteger(data))
      throw new TypeError(`random.fold: data must be a whole number, got ${data}.`);
    return tidy(() => foldInKernel(key, cast(data | 0, 'int32')));
  }
  if (!(data instanceof Tensor) || data.rank !== 0 || data.dtype !== 'int32')
    throw new TypeError(
      `random.fold: data must be a whole number or an int32 scalar, got ${describeValue(data)}.`,
    );
  return foldInKernel(key, data);
}

/** @throws TypeError, RangeError where a value is not one key */
export function checkKey(name: string, key: unknown): asserts key is Key {
  if (!(key instanceof Tensor) || key.dtype !== 'int32') {
    throw new TypeError(
      `random.${name}: key must be a key made by random.key, random.split or random.fold, got ${describeValue(key)}.`,
    );
  }
  if (key.rank !== 1 || key.shape[0] !== 2) {
    throw new RangeError(
      `random.${name}: key must be one key, int32[2], got ${describeAval(key)}; use vmap for many keys.`,
    );
  }
}

/** @throws RangeError where a shape is not one */
export function checkShape(name: string, shape: number | readonly number[]): number[] {
  const list = typeof shape === 'number' ? [shape] : shape;
  if (!Array.isArray(list) || !list.every((n) => Number.isInteger(n) && n >= 0)) {
    throw new RangeError(
      `random.${name}: shape must be an array of sizes, got ${Array.isArray(list) ? `[${list.join(',')}]` : describeValue(list)}.`,
    );
  }
  return list.slice();
}
