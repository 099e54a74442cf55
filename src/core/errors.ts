import type { DataType } from '@tensorflow/tfjs-core';

/** `float32[2,3]`: how messages and printed programs show a tensor without its values. */
export function describeAval({ shape, dtype }: { shape: readonly number[]; dtype: DataType }): string {
  return `${dtype}[${shape.join(',')}]`;
}

/** How messages show a value that should have been something else. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'string') return `the string ${JSON.stringify(value)}`;
  if (typeof value === 'object') {
    const { shape, dtype } = value as { shape?: number[]; dtype?: DataType };
    if (Array.isArray(shape) && typeof dtype === 'string')
      return `a tensor ${describeAval({ shape, dtype })}`;
    if (typeof (value as { then?: unknown }).then === 'function') return 'a promise';
    return Array.isArray(value)
      ? `an array of length ${value.length}`
      : `an object of class ${value.constructor?.name ?? 'none'}`;
  }
  return `the ${typeof value} ${String(value)}`;
}

/** A default for each option of T; undefined for those without one. */
export type Defaults<T> = { [K in keyof Required<T>]: T[K] | undefined };

/** Options as a function reads them: those with a default are there. */
type Complete<T, D extends Defaults<T>> = {
  [K in keyof Required<T>]: undefined extends D[K] ? T[K] | undefined : Exclude<T[K], undefined>;
};

/**
 * Options with defaults in place of those that are not given. One that is not among the defaults is an error: misspelt, it would leave a
 * default in force, unnoticed.
 *
 * @throws TypeError where they are no object, one is not known, one is no function or truth value where its default is one, or a string where
 *   that is a number; RangeError where one is NaN
 */
export function withDefaults<T extends object, const D extends Defaults<T>>(
  name: string,
  options: T,
  defaults: D,
): Complete<T, D> {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${name}: expected an object of options, got ${describeValue(options)}.`);
  const all: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(options)) {
    if (!Object.hasOwn(defaults, key))
      throw new TypeError(`${name}: there is no option ${key}, only ${Object.keys(defaults).join(', ')}.`);
    if (Number.isNaN(value)) throw new RangeError(`${name}: ${key} is NaN.`);
    if (value === undefined) continue;
    const kind = typeof all[key];
    const strict = kind === 'function' || kind === 'boolean';
    if (strict ? typeof value !== kind : kind === 'number' && typeof value === 'string')
      throw new TypeError(`${name}: ${key} must be a ${kind}, got ${describeValue(value)}.`);
    all[key] = value;
  }
  return all as Complete<T, D>;
}

/** The name of a user's function, for messages. */
export function nameOf(f: unknown): string {
  return (typeof f === 'function' && f.name) || 'f';
}
