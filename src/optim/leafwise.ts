import { type Tensor, zerosLike } from '@tensorflow/tfjs-core';
import { map } from '../tree';

/** Applies a function to the corresponding leaves of trees of tensors. */
export function leafwise<Leaves extends Tensor[]>(
  f: (...leaves: Leaves) => Tensor,
  tree: unknown,
  ...rest: unknown[]
): unknown {
  return (map as (f: unknown, ...trees: unknown[]) => unknown)(f, tree, ...rest);
}

export function zerosOf(tree: unknown): unknown {
  return leafwise(zerosLike, tree);
}
