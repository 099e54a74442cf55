import { containerKind } from './container';
import { describeNode } from './describe';
import { flatten, type IsLeaf } from './flatten';
import { matchingChildren } from './match';
import { join } from './paths';
import type { TreeDef } from './structure';
import { unflatten } from './unflatten';

/**
 * Repeats each leaf of a prefix for all the leaves below it in a tree.
 *
 * @returns a tree of the second one's structure with the prefix's leaves
 * @throws TypeError with the key path where the first is not a prefix of the second
 * @example
 * ```ts
 * tree.broadcast([1, 2], [0, { a: 0, b: 0 }] as unknown); // [1, { a: 2, b: 2 }]
 * ```
 */
export function broadcast<T>(prefix: unknown, tree: T, isLeaf?: IsLeaf): T {
  const ends = (node: unknown): boolean => isLeaf?.(node) || containerKind(node) === undefined;
  const { structure } = flatten(tree, isLeaf);
  return unflatten(structure, spread(prefix, structure, ends, 'tree.broadcast')) as T;
}

/**
 * One entry of a prefix per leaf of a tree, in order: how axes and cotangents are given for whole subtrees.
 *
 * @param isLeaf where the prefix ends, null included if it says so; what it refuses must be a container that the tree has too
 * @param what   names the prefix in the message: `vmap(f): inAxes`
 * @throws TypeError with the key path where it is not a prefix of the tree
 * @example
 * ```ts
 * const isAxis = (node: unknown) => node === null || typeof node === 'number';
 * tree.broadcastPrefix([0, null], [{ a: 5, b: 6 }, [7]], isAxis, 'my function: axes'); // [0, 0, null]
 * ```
 */
export function broadcastPrefix(prefix: unknown, tree: unknown, isLeaf: IsLeaf, what: string): unknown[] {
  return spread(prefix, flatten(tree).structure, isLeaf, what);
}

function spread(prefix: unknown, structure: TreeDef, isLeaf: IsLeaf, what: string): unknown[] {
  const entries: unknown[] = [];
  const visit = (node: unknown, def: TreeDef, path: string): void => {
    if (isLeaf(node)) {
      for (let i = 0; i < def.numLeaves; i++) entries.push(node);
      return;
    }
    const nodes = def.isLeaf ? undefined : matchingChildren(def, node);
    if (!nodes) {
      const where = path === '' ? what : `${what} at "${path}"`;
      throw new TypeError(
        `${where} is not a prefix of the tree it applies to: ${def.describe()} there, got ${describeNode(node)}.`,
      );
    }
    def.children.forEach((child, i) => visit(nodes[i], child, join(path, def.step(i))));
  };
  visit(prefix, structure, '');
  return entries;
}
