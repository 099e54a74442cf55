import { Tensor, tensor, zerosLike } from '@tensorflow/tfjs-core';
import { tract } from '../tract';
import { jvp } from '../transforms/jvp';
import { vjp } from '../transforms/vjp';
import { flatten, leavesWithPath, unflatten } from '../tree';

type Layer = (...args: never[]) => unknown;

/** One weight of a layer, as the lemmas see it: z is linear in it, dz = x dW. */
export interface WeightProblem {
  readonly path: string;
  /** Rows of x. */
  readonly b: number;
  /** The weight's value. */
  readonly like: Tensor;
  /** x dW. */
  push(dW: Tensor): Tensor[];
  /** x^T g: the ordinary gradient. */
  pull(g: Tensor[]): Tensor;
  /** (x^T x / b + lambda I)^-1 x^T g, as `tract` computes it. */
  corrected(g: Tensor[]): Tensor;
}

/**
 * The weights of a layer that `tract` corrects.
 *
 * @param args arguments of the layer, the parameters first
 * @throws Error where a parameter goes into a weight that is not itself a leaf: the lemmas speak of the weight
 */
export function weightProblems(
  name: string,
  layer: Layer,
  args: readonly unknown[],
  lambda: number,
): { outputs: readonly Tensor[]; others: OtherLeaf[]; weights: WeightProblem[] } {
  const call = layer as (...args: unknown[]) => unknown;
  const [params, ...inputs] = args;
  const { structure } = flatten(params);
  const paths = leavesWithPath(params).map(([path]) => path);
  const leaves = leavesWithPath(params).map(([, leaf]) => asTensor(leaf));
  const of = (f: typeof call) => (list: Tensor[]) =>
    (flatten(f(unflatten(structure, list), ...inputs)).leaves as unknown[]).map(asTensor);
  const plain = of(call);
  const tracted = of(tract(call, lambda));
  const [outputs, pullPlain] = vjp((list: Tensor[]) => plain(list), leaves);
  const [, pullTracted] = vjp((list: Tensor[]) => tracted(list), leaves);
  const gradient = (pullback: typeof pullPlain, g: Tensor[], i: number): Tensor => pullback(g)[0][i]!;
  const { layers } = tract.describe(call, ...args);
  const byLeaf = [...new Set(layers.map(({ parameters }) => parameters.join(', ')))];
  const weights = byLeaf.map((path): WeightProblem => {
    // A grouped convolution takes a leaf apart: a weight for each group.
    const parts = layers.filter(({ parameters }) => parameters.join(', ') === path);
    const size = parts.reduce((sum, { n, m, stacks }) => sum + n * m * stacks, 0);
    const { b } = parts[0]!;
    const i = paths.indexOf(path);
    if (i < 0 || leaves[i]!.size !== size || parts.some((part) => part.b !== b)) {
      throw new Error(
        `${name}: the weight of ${parts[0]!.primitive} is computed from ${path || 'the parameters'} and is not it. Check a layer whose parameter is its weight.`,
      );
    }
    return {
      path,
      b,
      like: leaves[i]!,
      push: (dW) =>
        jvp(
          (list: Tensor[]) => plain(list),
          [leaves],
          [leaves.map((leaf, k) => (k === i ? dW : zerosLike(leaf)))],
        )[1],
      pull: (g) => gradient(pullPlain, g, i),
      corrected: (g) => gradient(pullTracted, g, i),
    };
  });
  const corrected = new Set(weights.map(({ path }) => path));
  const others = paths.flatMap((path, i) =>
    corrected.has(path)
      ? []
      : [
          {
            path,
            plain: (g: Tensor[]) => gradient(pullPlain, g, i),
            tracted: (g: Tensor[]) => gradient(pullTracted, g, i),
          },
        ],
  );
  return { outputs, others, weights };
}

/** A parameter that `tract` leaves alone. */
export interface OtherLeaf {
  readonly path: string;
  plain(g: Tensor[]): Tensor;
  tracted(g: Tensor[]): Tensor;
}

function asTensor(leaf: unknown): Tensor {
  return leaf instanceof Tensor ? leaf : tensor(leaf as number);
}

/** Sum of squares, in float64. */
export function squares(list: readonly Tensor[]): number {
  let sum = 0;
  for (const t of list) for (const value of t.dataSync() as Float32Array) sum += value * value;
  return sum;
}
