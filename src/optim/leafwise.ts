import { type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { onePass } from '../core/onePass';
import { flatten, map, unflatten } from '../tree';
import { flattenUpTo } from '../tree/match';

/** Applies a function to the corresponding leaves of trees of tensors. */
export function leafwise<Leaves extends Tensor[]>(
  f: (...leaves: Leaves) => Tensor,
  tree: unknown,
  ...rest: unknown[]
): unknown {
  return (map as (f: unknown, ...trees: unknown[]) => unknown)(f, tree, ...rest);
}

/** An elementwise function of trees of one structure and of scalars, in one pass over each leaf: see `onePass`. */
/* @__NO_SIDE_EFFECTS__ */
export function elementwise(
  ...definition: Parameters<typeof onePass>
): (trees: readonly unknown[], ...scalars: (Tensor | number)[]) => unknown[] {
  const run = onePass(...definition);
  return ([tree, ...rest], ...scalars) => {
    const { leaves, structure } = flatten(tree);
    const others = rest.map((other, i) => flattenUpTo(structure, other, `tree.map: tree ${i + 1}`));
    return run([leaves, ...others] as Tensor[][], scalars).map((results) => unflatten(structure, results));
  };
}

export function zerosOf(tree: unknown): unknown {
  return leafwise(zerosLike, tree);
}

/** Whether a leaf has elements: of nothing wasm sums what its memory held, webgl and webgpu nothing at all, and tensorflow chooses none. */
export const isFilled = ({ size }: Tensor): boolean => size > 0;
