import { Tensor } from '@tensorflow/tfjs-core';
import { describeValue } from '../core/errors';
import { toTensor } from '../core/values';
import { broadcastPrefix, flatten, unflatten, type TreeDef } from '../tree';
import { checkFunction, label, replaceArguments, resolveArgnums } from './arguments';
import { callCustomDerivative, type CustomDerivative } from '../interpreters/customDerivative';
import type { AnyArgs } from './types';

export interface CustomVjpRules<A extends AnyArgs, Y, Res> {
  /** Maps the arguments to `[y, residuals]`. Residuals are any pytree. */
  fwd: (...args: A) => readonly [Y, Res];
  /**
   * Maps residuals and the output's cotangent to an array with one cotangent per differentiable argument (null: zero).
   * With `nondiffArgnums`, these arguments come first.
   */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  bwd: (...args: any[]) => readonly unknown[];
  /** Arguments without a derivative (functions, strings, sizes); they are handed to f, fwd and bwd as they are. */
  nondiffArgnums?: readonly number[];
}

/**
 * A function with a reverse-mode derivative of its own.
 *
 * @param f the function itself, used where nothing is differentiated
 * @param rules `fwd(...args)` returns `[y, residuals]`, `bwd(residuals, ct)` one cotangent per argument
 * @returns a function like f; differentiating its derivative differentiates fwd and bwd
 * @throws TypeError where fwd or bwd is missing or returns another structure than it should; RangeError where a cotangent has another
 *   shape than its argument; TypeError under forward mode
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
): (...args: A) => Y {
  checkFunction('customVjp', f);
  const name = label('customVjp', f);
  const { fwd, bwd, nondiffArgnums = [] } = rules ?? {};
  if (typeof fwd !== 'function' || typeof bwd !== 'function') {
    throw new TypeError(
      `No VJP defined for ${name}: give { fwd, bwd }, both functions; got fwd: ${describeValue(fwd)}, bwd: ${describeValue(bwd)}.`,
    );
  }
  return (...args) => {
    const statics = nondiffArgnums.length > 0 ? resolveArgnums(name, nondiffArgnums, args.length) : [];
    const positions = args.map((_, i) => i).filter((i) => !statics.includes(i));
    const picked = positions.map((i) => args[i] as unknown);
    const { leaves, structure } = flatten(picked);
    const rebuild = (inputs: Tensor[]): A =>
      replaceArguments(args, positions, unflatten(structure, inputs) as unknown[]) as A;
    const inputs = leaves.map((leaf) => toTensor(leaf, name));
    let outStructure!: TreeDef;
    let resStructure!: TreeDef;
    const flatOutput = (y: unknown): Tensor[] => {
      const flat = flatten(y);
      outStructure = flat.structure;
      return flat.leaves.map((leaf) => toTensor(leaf, `${name}: output`));
    };
    const call: CustomDerivative = {
      name,
      primal: (xs) => flatOutput(f(...rebuild(xs))),
      forward: (xs) => {
        const result = fwd(...rebuild(xs)) as unknown;
        if (!Array.isArray(result) || result.length !== 2) {
          throw new TypeError(
            `${name}: fwd must return a pair [output, residuals], got ${describeValue(result)}.`,
          );
        }
        const res = flatten(result[1]);
        resStructure = res.structure;
        return {
          outputs: flatOutput(result[0]),
          residuals: res.leaves.map((leaf) => toTensor(leaf, `${name}: residual`)),
        };
      },
      backward: (residuals, cts) => {
        const result = bwd(
          ...statics.map((i) => args[i] as unknown),
          unflatten(resStructure, residuals),
          unflatten(outStructure, cts),
        );
        return matchCotangents(name, result, picked, inputs);
      },
    };
    const outputs = callCustomDerivative(call, inputs);
    return unflatten(outStructure, outputs) as Y;
  };
}

/** The cotangents that bwd returned, one per leaf of the differentiable arguments; null stands for zeros of a whole subtree. */
function matchCotangents(
  name: string,
  result: unknown,
  args: readonly unknown[],
  inputs: readonly Tensor[],
): (Tensor | null)[] {
  const where = `${name}: bwd`;
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
  const isEnd = (node: unknown): boolean =>
    node === null || node === undefined || node instanceof Tensor || typeof node === 'number';
  const cts = result.flatMap((ct: unknown, i) =>
    broadcastPrefix(ct, args[i], isEnd, `${where}: output[${i}]`),
  );
  return cts.map((ct, i) => {
    if (ct === null || ct === undefined) return null;
    const tensor = toTensor(ct, `${where}: output[${i}]`);
    const { shape } = inputs[i]!;
    if (tensor.rank !== shape.length || tensor.shape.some((d, k) => d !== shape[k])) {
      throw new RangeError(
        `${where}: output[${i}] has shape [${tensor.shape.join(',')}], but the argument has shape [${shape.join(',')}].`,
      );
    }
    return tensor;
  });
}
