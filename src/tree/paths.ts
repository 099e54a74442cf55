import { flatten, type IsLeaf } from './flatten';
import type { TreeDef } from './structure';
import type { LeafOf } from './types';

/** The key path of a node below one at `path`; the root's is empty. */
export function join(path: string, step: string): string {
  return path === '' ? step : `${path}/${step}`;
}

/**
 * One key path per leaf of a structure, in order: `['a/0', 'a/1/b']`.
 *
 * @example
 * ```ts
 * tree.leafPaths(tree.structure({ a: [10, { b: 20 }] })); // ['a/0', 'a/1/b']
 * ```
 */
export function leafPaths(structure: TreeDef): string[] {
  const paths: string[] = [];
  const visit = (def: TreeDef, path: string): void => {
    if (def.isLeaf) paths.push(path);
    else def.children.forEach((child, i) => visit(child, join(path, def.step(i))));
  };
  visit(structure, '');
  return paths;
}

/**
 * Every leaf with its key path.
 *
 * @example
 * ```ts
 * tree.leavesWithPath({ a: [10, { b: 20 }] } as unknown); // [['a/0', 10], ['a/1/b', 20]]
 * ```
 */
export function leavesWithPath<T>(tree: T, isLeaf?: IsLeaf): [path: string, leaf: LeafOf<T>][] {
  const { leaves, structure } = flatten(tree, isLeaf);
  return leafPaths(structure).map((path, i) => [path, leaves[i] as LeafOf<T>]);
}
