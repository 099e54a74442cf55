import { InvalidArgumentError } from 'commander';

/** Reads a whole number for commander. */
export function wholeNumber(least: number) {
  return (text: string): number => {
    const value = Number(text);
    if (!text.trim() || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`Expected a whole number from ${least} up.`);
    }
    return value;
  };
}

/** Reads a positive number for commander. */
export function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity)) throw new InvalidArgumentError('Expected a number above 0.');
  return value;
}

/** Reads a number of 0 or more for commander. */
export function notNegative(text: string): number {
  const value = Number(text);
  if (!text.trim() || !(value >= 0 && value < Infinity))
    throw new InvalidArgumentError('Expected a number of 0 or more.');
  return value;
}
