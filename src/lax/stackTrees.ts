import { stack } from '@tensorflow/tfjs-core';
import { unflatten } from '../tree';
import { toTree } from './body';

/** Trees of one structure as one tree of stacks. */
export function stackTrees(trees: readonly unknown[]): unknown {
  const taken = trees.map((tree) => toTree('lax.scan', tree));
  const [first] = taken;
  return unflatten(
    first!.tree.structure,
    first!.leaves.map((_, i) => stack(taken.map(({ leaves }) => leaves[i]!))),
  );
}
