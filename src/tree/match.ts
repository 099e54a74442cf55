import { auxEqual } from './auxData';
import { containerKind, mapKeys } from './container';
import { describeNode } from './describe';
import { flatten, takeApart } from './flatten';
import { join } from './paths';
import { registeredNode } from './registry';
import { TreeDef } from './structure';

/**
 * The children of `node` if it matches `structure` at the top, in that structure's order; undefined if it is another kind of
 * container, has other keys, another length, class or aux data.
 */
export function matchingChildren(
  { kind, keys, children, rule, aux }: TreeDef,
  node: unknown,
): readonly unknown[] | undefined {
  if (containerKind(node) !== kind) return undefined;
  switch (kind) {
    case 'array':
      return (node as unknown[]).length === children.length ? (node as unknown[]) : undefined;
    case 'object': {
      const object = node as Record<string, unknown>;
      if (Object.keys(object).length !== keys.length) return undefined;
      if (!keys.every((key) => Object.hasOwn(object, key as string))) return undefined;
      return keys.map((key) => object[key as string]);
    }
    case 'map': {
      const map = node as Map<unknown, unknown>;
      const found = mapKeys(map);
      if (found.length !== keys.length || !found.every((key, i) => Object.is(key, keys[i]))) return undefined;
      return keys.map((key) => map.get(key));
    }
    case 'registered': {
      if (registeredNode(Object.getPrototypeOf(node) as object) !== rule) return undefined;
      const [found, foundAux] = takeApart(rule!, node);
      return found.length === children.length && auxEqual(aux, foundAux) ? found : undefined;
    }
    default:
      return [];
  }
}

/** The leaves of a tree that has this structure; undefined for any other tree. */
export function leavesLike(structure: TreeDef, tree: unknown): unknown[] | undefined {
  const leaves: unknown[] = [];
  const gather = (def: TreeDef, node: unknown): boolean => {
    if (def.isLeaf) return leaves.push(node) > 0 && containerKind(node) === undefined;
    const nodes = matchingChildren(def, node);
    if (!nodes) return false;
    for (let i = 0; i < nodes.length; i++) if (!gather(def.children[i]!, nodes[i])) return false;
    return true;
  };
  return gather(structure, tree) ? leaves : undefined;
}

/**
 * The parts of `tree` at the leaves of `structure`: leaves, or whole subtrees where `structure` is a prefix of it.
 *
 * @throws TypeError with the key path where the tree does not have the structure
 */
export function flattenUpTo(structure: TreeDef, tree: unknown, what: string): unknown[] {
  const parts: unknown[] = [];
  const visit = (def: TreeDef, node: unknown, path: string): void => {
    if (def.isLeaf) {
      parts.push(node);
      return;
    }
    const nodes = matchingChildren(def, node);
    if (!nodes) throw mismatch(what, path, def.describe(), describeNodeFully(node));
    def.children.forEach((child, i) => visit(child, nodes[i], join(path, def.step(i))));
  };
  visit(structure, tree, '');
  return parts;
}

/**
 * Checks that a tree has the expected structure, leaf for leaf.
 *
 * @param tree a tree, or the structure of one
 * @param what names the tree in the message: `The pullback of vjp(f): cotangent`
 * @throws TypeError with the key path of the first difference
 * @example
 * ```ts
 * tree.assertSameStructure(tree.structure({ a: 0 }), { a: 1 }, 'my function: gradients');
 * ```
 */
export function assertSameStructure(expected: TreeDef, tree: unknown, what: string): void {
  const found = tree instanceof TreeDef ? tree : flatten(tree).structure;
  if (!expected.equals(found)) throw difference(expected, found, what, '');
}

function difference(expected: TreeDef, found: TreeDef, what: string, path: string): TypeError {
  if (!expected.sameNode(found)) return mismatch(what, path, expected.describe(), found.describe());
  const i = expected.children.findIndex((child, k) => !child.equals(found.children[k]!));
  return difference(expected.children[i]!, found.children[i]!, what, join(path, expected.step(i)));
}

function mismatch(what: string, path: string, expected: string, found: string): TypeError {
  const where = path === '' ? 'at the root' : `at "${path}"`;
  return new TypeError(`${what}: unexpected tree structure ${where}: expected ${expected}, got ${found}.`);
}

/** A registered class's node is shown with its aux data, which may be what differs. */
function describeNodeFully(node: unknown): string {
  return containerKind(node) === 'registered' ? flatten(node).structure.describe() : describeNode(node);
}
