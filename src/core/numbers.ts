import { describeValue } from './errors';

/** A condition on numbers, in words. */
export type Domain = readonly [words: string, holds: (x: number) => boolean];

export const FINITE: Domain = ['finite', Number.isFinite];
export const POSITIVE: Domain = ['positive and finite', (x) => x > 0 && x < Infinity];
export const NOT_NEGATIVE: Domain = ['0 or more and finite', (x) => x >= 0 && x < Infinity];
export const SHARE: Domain = ['in [0, 1]', (x) => x >= 0 && x <= 1];
export const BELOW_ONE: Domain = ['in [0, 1)', (x) => x >= 0 && x < 1];
export const WHOLE: Domain = ['a whole number', (x) => Number.isSafeInteger(x)];
export const COUNT: Domain = ['a whole number of at least 0', (x) => Number.isSafeInteger(x) && x >= 0];
export const SIZE: Domain = ['a positive whole number', (x) => Number.isSafeInteger(x) && x > 0];

/**
 * @param name whose numbers they are, in messages
 * @throws TypeError where one is no number; RangeError where one is another
 */
export function checkNumbers(
  name: string,
  numbers: Readonly<Record<string, unknown>>,
  [words, holds]: Domain = FINITE,
): void {
  for (const [what, value] of Object.entries(numbers)) {
    if (typeof value !== 'number')
      throw new TypeError(`${name}: ${what} must be a number, got ${describeValue(value)}.`);
    if (!holds(value)) throw new RangeError(`${name}: ${what} must be ${words}, got ${value}.`);
  }
}
