import { Tensor } from '@tensorflow/tfjs-core';
import { describeAval, describeValue, nameOf } from '../core/errors';
import { checkNumbers, COUNT } from '../core/numbers';
import { traceOf } from '../core/tracer';
import { leavesWithPath, structure } from '../tree';

/** A function that counts its traces. */
export interface CountedFunction<A extends unknown[], Y> {
  (...args: A): Y;
  /** How often it has been called: under jit, how often it has been traced. */
  readonly traces: number;
  /** @throws Error where it has been traced more or less often */
  check(): void;
}

/**
 * A function that fails when it is traced more often than expected, and names the argument that differs from the last time. To be
 * jitted in place of `f`, as `eqx.debug.assert_max_traces` in JAX.
 *
 * @param f     what is to be traced
 * @param count how often at most
 * @returns a function like f, with `traces` so far and `check()`, which also fails where there were too few
 * @throws Error at the call that is one too many, with the arguments that changed: `argument 0 at "w": float32[2], then float32[3]`
 * @example
 * ```ts
 * const step = expectTraces((x: tf.Tensor) => tf.square(x), 1);
 * const g = jit(step);
 * g(tf.ones([2]));
 * g(tf.zeros([2])); // no other trace
 * step.check();
 * g.dispose();
 * ```
 */
export function expectTraces<A extends unknown[], Y>(
  f: (...args: A) => Y,
  count: number,
): CountedFunction<A, Y> {
  if (typeof f !== 'function')
    throw new TypeError(`expectTraces: expected a function, got ${describeValue(f)}.`);
  checkNumbers('expectTraces', { count }, COUNT);
  const seen: Signature[] = [];
  const times = (n: number): string => `${n} ${n === 1 ? 'time' : 'times'}`;
  const fail = (why: string): Error =>
    new Error(
      `expectTraces(${nameOf(f)}): expected it to be traced ${times(count)}, but it was traced ${times(seen.length)}. ${why}`,
    );
  const counted = (...args: A): Y => {
    seen.push(signatureOf(args));
    if (seen.length > count) throw fail(describeChange(seen));
    return f(...args);
  };
  return Object.defineProperties(counted, {
    name: { value: nameOf(f) },
    traces: { get: () => seen.length },
    check: {
      value: () => {
        if (seen.length !== count) throw fail('');
      },
    },
  }) as CountedFunction<A, Y>;
}

/** What tells one trace from another: for each argument its structure and, by path, its leaves' shapes and types or values. */
interface Signature {
  readonly structures: readonly string[];
  readonly leaves: ReadonlyMap<string, string>;
}

function signatureOf(args: readonly unknown[]): Signature {
  const leaves = new Map<string, string>();
  args.forEach((arg, i) => {
    for (const [path, leaf] of leavesWithPath(arg))
      leaves.set(path ? `argument ${i} at "${path}"` : `argument ${i}`, describeLeaf(leaf));
  });
  return { structures: args.map((arg) => String(structure(arg))), leaves };
}

function describeLeaf(leaf: unknown): string {
  if (!(leaf instanceof Tensor)) return describeValue(leaf);
  const trace = traceOf(leaf);
  // A captured tensor has no more than this; anything else means that the function was not jitted.
  return trace ? describeAval(leaf) : `${describeAval(leaf)}, not traced`;
}

/** What the last trace has of its own, compared with the trace that is nearest to it. */
function describeChange(seen: readonly Signature[]): string {
  const last = seen.at(-1)!;
  const [nearest] = seen
    .slice(0, -1)
    .map((other) => changes(other, last))
    .sort((a, b) => a.length - b.length);
  if (!nearest) return '';
  if (nearest.length === 0)
    return 'No argument differs from an earlier trace: it was jitted anew, or called without jit.';
  return `What differs: ${nearest.join('; ')}.`;
}

function changes(before: Signature, after: Signature): string[] {
  const found: string[] = [];
  if (before.structures.length !== after.structures.length)
    found.push(`${before.structures.length} arguments, then ${after.structures.length}`);
  after.structures.forEach((now, i) => {
    const then = before.structures[i];
    if (then !== undefined && then !== now) found.push(`argument ${i} has structure ${then}, then ${now}`);
  });
  for (const [where, now] of after.leaves) {
    const then = before.leaves.get(where);
    if (then !== undefined && then !== now) found.push(`${where}: ${then}, then ${now}`);
  }
  return found;
}
