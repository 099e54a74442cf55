import { stack } from '@tensorflow/tfjs-core';
import { unflatten } from '../tree';
import { toTree } from './body';

/** Trees of one structure as one tree of stacks. */
export function stackTrees(name: string, trees: readonly unknown[]): unknown {
  const taken = trees.map((tree) => toTree(name, tree));
  const [first] = taken;
  return unflatten(
    first!.tree.structure,
    first!.leaves.map((_, i) => stack(taken.map(({ leaves }) => leaves[i]!))),
  );
}
