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

/**
 * Options as they were given: a name that is not among `known` would leave a default in force, unnoticed.
 *
 * @throws TypeError where they are no object, or one is not known
 */
export function checkOptions<T extends object>(
  name: string,
  options: T,
  known: readonly Extract<keyof T, string>[],
): T {
  if (typeof options !== 'object' || options === null)
    throw new TypeError(`${name}: expected an object of options, got ${describeValue(options)}.`);
  const unknown = Object.keys(options).find((key) => !(known as readonly string[]).includes(key));
  if (unknown !== undefined)
    throw new TypeError(`${name}: there is no option ${unknown}, only ${known.join(', ')}.`);
  return options;
}

/** The name of a user's function, for messages. */
export function nameOf(f: unknown): string {
  return (typeof f === 'function' && f.name) || 'f';
}
