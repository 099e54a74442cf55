import { flatten, structure } from './flatten';
import { assertSameStructure, flattenUpTo } from './match';
import { leafPaths } from './paths';
import { TreeDef } from './structure';
import { unflatten } from './unflatten';

/**
 * Turns a tree of trees inside out: an `outer` of `inner` becomes an `inner` of `outer`.
 *
 * @param outer structure of the outer tree, or a tree that has it
 * @param inner structure of each inner tree, or a tree that has it; null: that of the first
 * @throws TypeError with the key path where the tree is not an `outer` of `inner`
 * @example
 * ```ts
 * tree.transpose({ a: 0, b: 0 }, null, { a: [1, 2], b: [3, 4] }); // [{ a: 1, b: 3 }, { a: 2, b: 4 }]
 * ```
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export function transpose(outer: unknown, inner: unknown, tree: unknown): any {
  const outside = toStructure(outer);
  const parts = flattenUpTo(outside, tree, 'tree.transpose');
  const inside = toStructure(inner ?? parts[0] ?? null);
  const paths = leafPaths(outside);
  const rows = parts.map((part, i) => {
    assertSameStructure(inside, part, `tree.transpose: the inner tree at "${paths[i]}"`);
    return flatten(part).leaves;
  });
  const columns = Array.from({ length: inside.numLeaves }, (_, k) => rows.map((row) => row[k]));
  return unflatten(
    inside,
    columns.map((column) => unflatten(outside, column)),
  );
}

function toStructure(tree: unknown): TreeDef {
  return tree instanceof TreeDef ? tree : structure(tree);
}
