import type { Tensor } from '@tensorflow/tfjs-core';
import { withDefaults, describeValue } from '../core/errors';
import { checkNumbers, COUNT } from '../core/numbers';
import { Jitted } from '../jit/jitted';
import { checkFunction, label, refusePromise } from '../transforms/arguments';
import { isJitDisabled } from '../transforms/disableJit';
import { transformed } from '../transforms/results';
import { map as treeMap, unflatten } from '../tree';
import { assertSameTree, captureBody, toTree, type Tensors, type Tree } from './body';
import { rowOf, scanKernel } from './primitives/scan';
import { stackTrees } from './stackTrees';

export interface ScanOptions {
  /** Number of steps, needed where xs is null. */
  length?: number;
  /** From the last x to the first; ys keep the order of xs. */
  reverse?: boolean;
}

/**
 * A loop that carries state along an axis: `[carry, y] = f(carry, x)` for each x of xs.
 *
 * f is traced once and the loop is one step of the program, however long: under `jit` it is not unrolled. Derivatives in both modes,
 * `vmap`, and closures over anything work as for the loop written out. In reverse mode what the steps' pullbacks read is kept, and
 * nothing else.
 *
 * @param f    pure; takes the carry and one x, returns `[carry, y]` with a carry of the same structure, shapes and types; y may be null
 * @param init the first carry: a tree of tensors and numbers
 * @param xs   a tree of tensors `[length, ...]`, or null
 * @returns `[last carry, ys]`, ys a tree of tensors `[length, ...]`
 * @throws TypeError where f returns no pair, or the carry's structure or a type changes; RangeError where a shape changes, or lengths differ
 * @example
 * ```ts
 * const [total, sums] = lax.scan((c: tf.Tensor, x: tf.Tensor) => {
 *   const s = tf.add(c, x);
 *   return [s, s] as const;
 * }, tf.scalar(0), tf.tensor1d([1, 2, 3])); // 6, [1, 3, 6]
 * ```
 */
export function scan<C, X, Y>(
  f: (carry: Tensors<C>, x: Tensors<X>) => readonly [Tensors<C>, Y],
  init: C,
  xs: X,
  options: ScanOptions = {},
): [Tensors<C>, Tensors<Y>] {
  checkFunction('lax.scan', f);
  const { length, reverse } = withDefaults('lax.scan', options, { length: undefined, reverse: false });
  return loop(label('lax.scan', f), f, init, xs, length, reverse);
}

/** A scan by the name of what it is part of, for messages. */
export function loop<C, X, Y>(
  name: string,
  f: (carry: Tensors<C>, x: Tensors<X>) => readonly [Tensors<C>, Y],
  init: C,
  xs: X,
  length?: number,
  reverse = false,
): [Tensors<C>, Tensors<Y>] {
  return transformed(name, () => {
    const carry = toTree(`${name}: init`, init);
    const rows = toTree(`${name}: xs`, xs);
    const steps = stepsOf(name, rows.tree, length);
    const step = (c: Tensor[], x: Tensor[]): readonly [unknown, unknown] => {
      const result: unknown = f(
        unflatten(carry.tree.structure, c) as Tensors<C>,
        unflatten(rows.tree.structure, x) as Tensors<X>,
      );
      refusePromise(name, result);
      if (!Array.isArray(result) || result.length !== 2)
        throw new TypeError(`${name}: the function must return [carry, y], got ${describeValue(result)}.`);
      return result as [unknown, unknown];
    };
    if (isJitDisabled() && steps > 0)
      return eager(name, carry.leaves, rows.leaves, steps, reverse, step) as [Tensors<C>, Tensors<Y>];

    const carries = carry.leaves.length;
    const body = captureBody(
      name,
      [...carry.tree.avals, ...rows.tree.avals.map(({ shape, dtype }) => ({ shape: shape.slice(1), dtype }))],
      (tracers) => step(tracers.slice(0, carries), tracers.slice(carries)),
    );
    try {
      const [next, y] = body.trees as [Tree, Tree];
      assertSameTree(name, 'the carry', carry.tree, next);
      const outputs = scanKernel([...body.constants, ...carry.leaves, ...rows.leaves], {
        body: new Jitted(name, body.program),
        constants: body.constants.length,
        carries,
        length: steps,
        reverse,
      });
      return [
        unflatten(carry.tree.structure, outputs.slice(0, carries)) as Tensors<C>,
        unflatten(y.structure, outputs.slice(carries)) as Tensors<Y>,
      ];
    } finally {
      body.dispose();
    }
  });
}

function stepsOf(name: string, { avals, paths }: Tree, length: number | undefined): number {
  if (length !== undefined) checkNumbers(name, { length }, COUNT);
  let steps = length;
  avals.forEach(({ shape }, i) => {
    const where = `xs${paths[i] ? ` at "${paths[i]}"` : ''} of shape [${shape.join(',')}]`;
    if (shape.length === 0) throw new RangeError(`${name}: ${where} has no axis to go along.`);
    steps ??= shape[0]!;
    if (shape[0] !== steps)
      throw new RangeError(`${name}: ${where} has length ${shape[0]}, but the loop has ${steps} steps.`);
  });
  if (steps === undefined)
    throw new RangeError(`${name}: xs has no tensors to go along, and no length is given.`);
  return steps;
}

/** The loop written out, for `disableJit`. */
function eager(
  name: string,
  init: Tensor[],
  xs: Tensor[],
  steps: number,
  reverse: boolean,
  step: (carry: Tensor[], x: Tensor[]) => readonly [unknown, unknown],
): [unknown, unknown] {
  let carry = init;
  let last: unknown;
  const ys: unknown[] = [];
  for (let t = 0; t < steps; t++) {
    const at = reverse ? steps - 1 - t : t;
    const [next, y] = step(
      carry,
      xs.map((x) => rowOf(x, at)),
    );
    last = next;
    carry = toTree(name, next).leaves;
    ys.push(y);
  }
  return [treeMap((t) => t, last), stackTrees(name, reverse ? ys.reverse() : ys)];
}
