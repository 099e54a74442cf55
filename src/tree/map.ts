// With isLeaf a leaf may be any subtree, whose type only the caller knows.
/* eslint-disable @typescript-eslint/no-explicit-any */
import { requireFunction } from './describe';
import { flatten, type IsLeaf } from './flatten';
import { flattenUpTo } from './match';
import { leafPaths } from './paths';
import type { TreeDef } from './structure';
import type { LeafOf, Mapped } from './types';
import { unflatten } from './unflatten';

/** Says what is a leaf of the first tree: the last argument of `map` and `mapWithPath`, after all trees. */
export interface MapOptions {
  isLeaf: IsLeaf;
}

type TreesAndOptions = [tree: unknown, ...rest: unknown[], options: MapOptions];

/** The leaves of the further trees, or subtrees where the first tree is a prefix of them. */
type LeavesOfEach<Trees extends readonly unknown[]> = { [K in keyof Trees]: LeafOf<Trees[K]> };

/**
 * Applies a function to every leaf, or to the corresponding leaves of several trees. The first tree gives the structure; it may
 * be a prefix of the others, whose subtrees the function then gets whole.
 *
 * @param rest further trees; after them, optionally `{ isLeaf }`, which says what is a leaf of the first tree
 * @throws TypeError with the key path where a tree does not have the first one's structure
 * @example
 * ```ts
 * const [params, gradient] = [{ w: tf.tensor1d([1, 2]), b: tf.scalar(3) }, { w: tf.tensor1d([1, 1]), b: tf.scalar(1) }];
 * tree.map((p, g) => tf.sub(p, tf.mul(0.5, g)), params, gradient); // { w: [0.5, 1.5], b: 2.5 }
 * ```
 */
export function map<T, R, Out extends Mapped<T, R> = Mapped<T, R>>(f: (leaf: LeafOf<T>) => R, tree: T): Out;
export function map(f: (...nodes: any[]) => unknown, ...treesAndOptions: TreesAndOptions): any;
export function map<T, const Rest extends readonly unknown[], R, Out extends Mapped<T, R> = Mapped<T, R>>(
  f: (leaf: LeafOf<T>, ...rest: LeavesOfEach<Rest>) => R,
  tree: T,
  ...rest: Rest
): Out;
export function map(f: (...leaves: any[]) => unknown, tree: unknown, ...rest: unknown[]): unknown {
  requireFunction('tree.map', f);
  return mapLeaves('tree.map', tree, rest, (_, leaves) => f(...leaves));
}

/**
 * `map` for a function that also gets each leaf's key path.
 *
 * @example
 * ```ts
 * tree.mapWithPath((path, n) => (path.endsWith('bias') ? n : 10 * n), { a: { kernel: 1, bias: 2 } }); // { a: { kernel: 10, bias: 2 } }
 * ```
 */
export function mapWithPath<T, R, Out extends Mapped<T, R> = Mapped<T, R>>(
  f: (path: string, leaf: LeafOf<T>) => R,
  tree: T,
): Out;
export function mapWithPath(
  f: (path: string, ...nodes: any[]) => unknown,
  ...treesAndOptions: TreesAndOptions
): any;
export function mapWithPath<
  T,
  const Rest extends readonly unknown[],
  R,
  Out extends Mapped<T, R> = Mapped<T, R>,
>(f: (path: string, leaf: LeafOf<T>, ...rest: LeavesOfEach<Rest>) => R, tree: T, ...rest: Rest): Out;
export function mapWithPath(
  f: (path: string, ...leaves: any[]) => unknown,
  tree: unknown,
  ...rest: unknown[]
): unknown {
  requireFunction('tree.mapWithPath', f);
  let paths: string[] | undefined;
  return mapLeaves('tree.mapWithPath', tree, rest, (i, leaves, def) => {
    paths ??= leafPaths(def);
    return f(paths[i]!, ...leaves);
  });
}

function mapLeaves(
  name: string,
  tree: unknown,
  rest: readonly unknown[],
  f: (index: number, leaves: unknown[], structure: TreeDef) => unknown,
): unknown {
  const last = rest.at(-1);
  const options = isMapOptions(last) ? last : undefined;
  const trees = options ? rest.slice(0, -1) : rest;
  const { leaves, structure } = flatten(tree, options?.isLeaf);
  const others = trees.map((other, i) => flattenUpTo(structure, other, `${name}: tree ${i + 1}`));
  return unflatten(
    structure,
    leaves.map((leaf, i) => f(i, [leaf, ...others.map((parts) => parts[i])], structure)),
  );
}

function isMapOptions(value: unknown): value is MapOptions {
  if (typeof value !== 'object' || value === null) return false;
  return typeof (value as Partial<MapOptions>).isLeaf === 'function' && Object.keys(value).length === 1;
}
