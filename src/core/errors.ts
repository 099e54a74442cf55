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

/** The name of a user's function, for messages. */
export function nameOf(f: unknown): string {
  return (typeof f === 'function' && f.name) || 'f';
}
