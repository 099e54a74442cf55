import { Tensor } from '@tensorflow/tfjs-core';
import { withDefaults, describeAval, describeValue } from '../core/errors';
import { isDifferentiable } from '../core/rule';
import { toTensor } from '../core/values';
import { broadcastPrefix, mapWithPath, leavesWithPath, structure, unflatten, type TreeDef } from '../tree';
import { checkFunction, label, refusePromise } from './arguments';
import { checkForward } from './checkForward';
import { chooseArguments } from './chosen';
import { flattenOutput } from './output';
import { transformed } from './results';
import { callCustomDerivative, type CustomDerivative } from '../interpreters/customDerivative';
import type { AnyArgs, Cotangents, Given, Values } from './types';

export interface CustomVjpRules<A extends AnyArgs, Y, Res> {
  /** Maps the arguments to `[y, residuals]`. Residuals are any pytree. */
  fwd: (...args: A) => readonly [Given<Y>, Res];
  /** Maps residuals and the output's cotangent to an array with one cotangent per argument (null: zero). */
  bwd: (residuals: Values<Res>, ct: Cotangents<Y>) => readonly unknown[];
  nondiffArgnums?: undefined;
}

export interface CustomVjpRulesWithStatics<A extends AnyArgs, Y, Res> {
  fwd: (...args: A) => readonly [Given<Y>, Res];
  /** As without nondiffArgnums, but these arguments come first, and only the others have cotangents. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  bwd: (...args: any[]) => readonly unknown[];
  /** Arguments without a derivative (functions, strings, sizes); they are handed to f, fwd and bwd as they are. */
  nondiffArgnums: readonly number[];
}

/**
 * A function with a reverse-mode derivative of its own.
 *
 * @param f the function itself, used where nothing is differentiated
 * @param rules `fwd(...args)` returns `[y, residuals]`, `bwd(residuals, ct)` one cotangent per argument
 * @returns a function like f; differentiating its derivative, by `grad`, `jvp` or `hessian`, differentiates fwd and bwd
 * @throws TypeError where fwd or bwd is missing or returns another structure or type than it should; RangeError where fwd's output has another
 *   shape than f's, or a cotangent another than its argument; TypeError where forward mode (`jvp`, `jacfwd`) meets the function itself
 * @example
 * ```ts
 * const clipped = customVjp((x: tf.Tensor) => tf.clone(x), {
 *   fwd: (x) => [tf.clone(x), null],
 *   bwd: (_, ct) => [tf.clipByValue(ct, -1, 1)],
 * });
 * grad((x: tf.Tensor) => tf.mul(5, clipped(x)))(tf.scalar(2)); // 1
 * ```
 */
export function customVjp<A extends AnyArgs, Y, Res>(
  f: (...args: A) => Y,
  rules: CustomVjpRules<A, Y, Res>,
): (...args: A) => Y;
export function customVjp<A extends AnyArgs, Y, Res>(
  f: (...args: A) => Y,
  rules: CustomVjpRulesWithStatics<A, Y, Res>,
): (...args: A) => Y;
export function customVjp<A extends AnyArgs, Y, Res>(
  f: (...args: A) => Y,
  rules: CustomVjpRulesWithStatics<A, Y, Res> | CustomVjpRules<A, Y, Res>,
): (...args: A) => Y {
  checkFunction('customVjp', f);
  const name = label('customVjp', f);
  const { fwd, bwd, nondiffArgnums } = withDefaults(
    name,
    (rules ?? {}) as CustomVjpRulesWithStatics<A, Y, Res>,
    { fwd: undefined, bwd: undefined, nondiffArgnums: [] },
  );
  if (typeof fwd !== 'function' || typeof bwd !== 'function') {
    throw new TypeError(
      `No VJP defined for ${name}: give { fwd, bwd }, both functions; got fwd: ${describeValue(fwd)}, bwd: ${describeValue(bwd)}.`,
    );
  }
  /** Shapes of arguments for which fwd is known to return what f does. */
  const compared = new Set<string>();
  return (...args) =>
    transformed(name, () => {
      const { fixed, picked, leaves, where, withLeaves } = chooseArguments(
        name,
        args,
        nondiffArgnums,
        'nondiffArgnums',
      );
      const inputs = leaves.map((leaf, i) => toTensor(leaf, () => where(i)));
      let outStructure!: TreeDef;
      let resStructure!: TreeDef;
      const flatOutput = (y: unknown): Tensor[] => {
        const flatY = flattenOutput(name, y);
        outStructure = flatY.structure;
        return flatY.leaves;
      };
      const call: CustomDerivative = {
        name,
        primal: (xs) => flatOutput(f(...(withLeaves(xs) as A))),
        forward: (xs) => {
          const result = fwd(...(withLeaves(xs) as A)) as unknown;
          refusePromise(name, result);
          if (!Array.isArray(result) || result.length !== 2) {
            throw new TypeError(
              `${name}: fwd must return a pair [output, residuals], got ${describeValue(result)}.`,
            );
          }
          const residuals = flattenOutput(name, result[1], 'residual');
          resStructure = residuals.structure;
          const outputs = flatOutput(result[0]);
          const avals = xs.map(({ shape, dtype }) => ({ shape, dtype }));
          const key = avals.map(describeAval).join();
          if (!compared.has(key)) {
            const own = (tracers: Tensor[]): unknown => f(...(withLeaves(tracers) as A));
            checkForward(name, own, avals, result[0], { structure: outStructure, leaves: outputs });
            compared.add(key);
          }
          return { outputs, residuals: residuals.leaves };
        },
        backward: (residuals, cts) => {
          const result = bwd(...fixed, unflatten(resStructure, residuals), unflatten(outStructure, cts));
          refusePromise(`${name}: bwd`, result);
          return matchCotangents(name, result, picked, inputs);
        },
      };
      const outputs = callCustomDerivative(call, inputs);
      return unflatten(outStructure, outputs) as Y;
    });
}

/** The cotangents that bwd returned, one per leaf of the differentiable arguments; null stands for zeros of a whole subtree. */
function matchCotangents(
  name: string,
  result: unknown,
  args: readonly unknown[],
  inputs: readonly Tensor[],
): (Tensor | null)[] {
  const where = `${name}: bwd`;
  let next = 0;
  if (!Array.isArray(result)) {
    throw new TypeError(
      `${where} must return an array with one cotangent per argument, got ${describeValue(result)}.`,
    );
  }
  if (result.length !== args.length) {
    throw new TypeError(
      `${where} returned ${result.length} cotangents for ${args.length} differentiable arguments.`,
    );
  }
  return result.flatMap((ct: unknown, i) => {
    const output = `${where}: output[${i}]`;
    const paths = leavesWithPath(args[i]).map(([path]) => (path ? `${output} at "${path}"` : output));
    return cotangentsOf(ct, args[i], output).map((leaf, k) =>
      checkCotangent(leaf, inputs[next++]!, paths[k]!),
    );
  });
}

/** One entry per leaf of an argument. */
function cotangentsOf(ct: unknown, argument: unknown, output: string): unknown[] {
  const isEnd = (node: unknown): boolean =>
    node === null || node === undefined || node instanceof Tensor || typeof node === 'number';
  const entries = broadcastPrefix(ct, argument, isEnd, output);
  // Null stands for a subtree, a tensor only for a leaf.
  mapWithPath(
    (path: string, end: unknown, part: unknown) => {
      const found = structure(part);
      if (end == null || found.isLeaf) return;
      throw new TypeError(
        `${output}${path ? ` at "${path}"` : ''} is ${describeValue(end)}, but the argument has structure ${found} there.`,
      );
    },
    ct,
    argument,
    { isLeaf: isEnd },
  );
  return entries;
}

function checkCotangent(leaf: unknown, input: Tensor, output: string): Tensor | null {
  if (leaf === null || leaf === undefined) return null;
  const tensor = toTensor(leaf, output);
  if (isDifferentiable(input) && tensor.dtype !== input.dtype) {
    throw new TypeError(`${output} is ${describeAval(tensor)}, but the argument is ${describeAval(input)}.`);
  }
  if (tensor.rank !== input.rank || tensor.shape.some((d, k) => d !== input.shape[k])) {
    throw new RangeError(
      `${output} has shape [${tensor.shape.join(',')}], but the argument has shape [${input.shape.join(',')}].`,
    );
  }
  return tensor;
}
