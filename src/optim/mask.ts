import { describeValue } from '../core/errors';
import { broadcastPrefix, flatten, unflatten } from '../tree';

/** Which leaves something applies to: a tree of booleans, a prefix of the parameters, or a function of the parameters that returns one. */
export type Mask = unknown;

/** One boolean for each leaf of the tree. */
export function maskOf(mask: Mask, tree: unknown, name: string): boolean[] {
  return choices<boolean>(mask, tree, 'boolean', `${name}: mask`);
}

/** One entry of a prefix tree of booleans or strings for each leaf of the tree. */
export function choices<T>(given: unknown, tree: unknown, type: 'boolean' | 'string', what: string): T[] {
  const prefix: unknown = typeof given === 'function' ? (given as (tree: unknown) => unknown)(tree) : given;
  return broadcastPrefix(
    prefix,
    tree,
    (node) => {
      if (typeof node === type) return true;
      // Containers, and null, the empty one.
      if (typeof node === 'object') return false;
      throw new TypeError(`${what} must have ${type}s for leaves, got ${describeValue(node)}.`);
    },
    what,
  ) as T[];
}

/** The tree with leaves that are not chosen replaced by an empty node. */
export function select(tree: unknown, chosen: readonly boolean[]): unknown {
  const { leaves, structure } = flatten(tree);
  return unflatten(
    structure,
    leaves.map((leaf: unknown, i) => (chosen[i] ? leaf : [])),
  );
}

/** The tree with its chosen leaves replaced by those of a selection, in order. */
export function replace(tree: unknown, chosen: readonly boolean[], selection: unknown): unknown {
  const { leaves, structure } = flatten(tree);
  const others = flatten(selection).leaves as unknown[];
  let next = 0;
  return unflatten(
    structure,
    leaves.map((leaf: unknown, i) => (chosen[i] ? others[next++] : leaf)),
  );
}
