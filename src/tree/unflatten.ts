import { setKey } from './container';
import { describeNode } from './describe';
import { TreeDef } from './structure';
import type { Mapped } from './types';

/**
 * Puts a tree together: the inverse of `flatten`, with these leaves or any others.
 *
 * @throws TypeError if there are too few or too many leaves
 * @example
 * ```ts
 * tree.unflatten(tree.structure({ a: 0, b: [0] }), ['x', 'y']); // { a: 'x', b: ['y'] }
 * ```
 */
export function unflatten<T, Leaf>(structure: TreeDef<T>, leaves: readonly Leaf[]): Mapped<T, Leaf> {
  if (!(structure instanceof TreeDef) || !Array.isArray(leaves))
    throw new TypeError(
      `tree.unflatten: expected a structure and an array of leaves, got ${describeNode(structure)} and ${describeNode(leaves)}.`,
    );
  if (leaves.length !== structure.numLeaves) {
    const which = leaves.length < structure.numLeaves ? 'few' : 'many';
    throw new TypeError(
      `tree.unflatten: Too ${which} leaves for the structure ${structure}: expected ${structure.numLeaves}, got ${leaves.length}.`,
    );
  }
  let next = 0;

  function build(def: TreeDef): unknown {
    const { kind, keys, children } = def;
    switch (kind) {
      case 'leaf':
        return leaves[next++];
      case 'null':
        return null;
      case 'array':
        return children.map(build);
      case 'object': {
        const object: Record<string, unknown> = {};
        for (let i = 0; i < children.length; i++) setKey(object, keys[i] as string, build(children[i]!));
        return object;
      }
      case 'map':
        return new Map(children.map((child, i) => [keys[i], build(child)]));
      case 'registered':
        return def.rule!.unflatten(def.aux, children.map(build));
    }
  }

  return build(structure) as Mapped<T, Leaf>;
}
