import { describeValue, nameOf, withDefaults } from '../core/errors';
import { leavesWithPath } from '../tree';

export type Argnums = number | readonly number[];

/** What `grad` and its kin are called with; their options with defaults. */
export function checkDerivative(
  transform: string,
  f: unknown,
  options: { argnums?: Argnums; hasAux?: boolean },
): { argnums: Argnums; hasAux: boolean } {
  checkFunction(transform, f);
  return withDefaults(transform, options, { argnums: 0, hasAux: false });
}

export function checkFunction(transform: string, f: unknown): asserts f is (...args: unknown[]) => unknown {
  if (typeof f !== 'function')
    throw new TypeError(`${transform}: expected a function, got ${describeValue(f)}.`);
}

/** `grad(loss)`: how messages name a transformed function. */
export function label(transform: string, f: unknown): string {
  return `${transform}(${nameOf(f)})`;
}

/**
 * Positions of arguments, counted from the start.
 *
 * @param option how the caller names them: 'argnums', 'staticArgnums'
 */
export function resolveArgnums(name: string, argnums: Argnums, count: number, option = 'argnums'): number[] {
  const list = typeof argnums === 'number' ? [argnums] : argnums;
  if (!Array.isArray(list) || list.length === 0 || !list.every(Number.isInteger)) {
    throw new TypeError(
      `${name}: ${option} must be an integer or an array of integers, got ${describeValue(argnums)}.`,
    );
  }
  const resolved = list.map((n) => {
    if (n >= count || n < -count) {
      throw new RangeError(
        `${name}: ${option}=${n} requires at least ${n < 0 ? -n : n + 1} positional arguments to be passed, but got only ${count}.`,
      );
    }
    return n < 0 ? n + count : n;
  });
  if (new Set(resolved).size < resolved.length)
    throw new RangeError(`${name}: ${option} [${list.join(', ')}] name an argument twice.`);
  return resolved;
}

/** The arguments with those at `positions` replaced. */
export function replaceArguments(
  args: readonly unknown[],
  positions: readonly number[],
  values: readonly unknown[],
): unknown[] {
  const replaced = args.slice();
  positions.forEach((position, i) => (replaced[position] = values[i]));
  return replaced;
}

/** Splits the result of a function with an auxiliary output. */
export function splitAux(name: string, result: unknown): [unknown, unknown] {
  if (!Array.isArray(result) || result.length !== 2) {
    throw new TypeError(
      `${name}: with hasAux the function must return a two-element array [output, aux], got ${describeValue(result)}.`,
    );
  }
  return result as [unknown, unknown];
}

/** Transformations are synchronous: a body that returns a promise would run on after them. */
export function refusePromise(name: string, result: unknown): void {
  const promise = result as PromiseLike<unknown> | null | undefined;
  if (typeof promise?.then !== 'function') return;
  // It may fail yet, on tracers that have ended by then: nobody will look, and an unhandled rejection would end the process.
  promise.then(undefined, () => {});
  throw new TypeError(
    `${name}: the function returned a promise. Transformed functions must be synchronous: await before or after them.`,
  );
}

/**
 * `argument 1 at "w/0"`: where a leaf of a list of arguments is.
 *
 * @param positions positions of these arguments in the call, if they are not all of them
 */
export function argumentPath(args: readonly unknown[], leaf: number, positions?: readonly number[]): string {
  const [first, ...rest] = leavesWithPath(args)[leaf]![0].split('/');
  const position = positions ? positions[Number(first)] : first;
  return `argument ${position}${rest.length > 0 ? ` at "${rest.join('/')}"` : ''}`;
}
