import { Tensor } from '@tensorflow/tfjs-core';
import { requireFunction } from './describe';
import { flatten, type IsLeaf } from './flatten';
import { leavesWithPath } from './paths';
import type { LeafOf } from './types';

/**
 * Folds the leaves from left to right, from `initial` if it is given, else from the first leaf.
 *
 * @throws TypeError if there are no leaves and no initial value
 * @example
 * ```ts
 * tree.reduce((sum, x) => sum + x, { a: 1, b: [2, 3] }, 10); // 16
 * ```
 */
export function reduce<T>(f: (accumulated: LeafOf<T>, leaf: LeafOf<T>) => LeafOf<T>, tree: T): LeafOf<T>;
export function reduce<T, A>(
  f: (accumulated: A, leaf: LeafOf<T>) => A,
  tree: T,
  initial: A,
  isLeaf?: IsLeaf,
): A;
export function reduce<T, A>(
  f: (accumulated: A, leaf: LeafOf<T>) => A,
  tree: T,
  ...[initial, isLeaf]: [A?, IsLeaf?]
): A {
  requireFunction('tree.reduce', f);
  const rest = flatten(tree, isLeaf).leaves;
  let accumulated = initial as A;
  if (initial === undefined) {
    if (rest.length === 0) throw new TypeError('tree.reduce: a tree without leaves needs an initial value.');
    accumulated = rest.shift() as unknown as A;
  }
  for (const leaf of rest) accumulated = f(accumulated, leaf);
  return accumulated;
}

/**
 * Whether every leaf is truthy, as those of `map(predicate, tree)` are meant to be; true for a tree without leaves.
 *
 * @throws TypeError for a tensor: read its value first
 * @example
 * ```ts
 * tree.all(tree.map((x) => x > 0, { a: 1, b: [2, 3] })); // true
 * ```
 */
export function all(tree: unknown, isLeaf?: IsLeaf): boolean {
  return leavesWithPath(tree, isLeaf).every(([path, leaf]) => {
    if (leaf instanceof Tensor) {
      throw new TypeError(
        `tree.all: the leaf at "${path}" is a tensor: read its value first, or combine tensors with reduce.`,
      );
    }
    return Boolean(leaf);
  });
}
