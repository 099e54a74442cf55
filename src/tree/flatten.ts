import { containerKind, mapKeys } from './container';
import { describeNode } from './describe';
import { registeredNode, type RegisteredNode } from './registry';
import { LEAF, NULL, TreeDef } from './structure';
import type { LeafOf } from './types';

/** Nodes for which it returns true are leaves, whatever they hold; asked from the root down, null included. */
export type IsLeaf = (node: unknown) => boolean;

export interface Flat<T> {
  leaves: LeafOf<T>[];
  structure: TreeDef<T>;
}

const NO_KEYS: readonly unknown[] = [];

/** Far more than a program nests, and less than overflows the stack. */
const DEEPEST = 1000;

/**
 * Takes a tree apart. Object keys are in sorted order, null has no leaves, and what is not a known container is a leaf.
 *
 * @throws RangeError where a container holds itself; TypeError where an object has a symbol for a key
 * @example
 * ```ts
 * const { leaves, structure } = tree.flatten({ b: [1, null], a: 2 });
 * leaves; // [2, 1]
 * String(structure); // "{a: *, b: [*, null]}"
 * ```
 */
export function flatten<T>(tree: T, isLeaf?: IsLeaf): Flat<T> {
  const leaves: unknown[] = [];
  const structure = collect(tree, leaves, isLeaf, 0);
  return { leaves: leaves as LeafOf<T>[], structure: structure as TreeDef<T> };
}

/**
 * The leaves, in the order of sorted keys.
 *
 * @example
 * ```ts
 * tree.leaves({ b: [1, null], a: 2 }); // [2, 1]
 * ```
 */
export function leaves<T>(tree: T, isLeaf?: IsLeaf): LeafOf<T>[] {
  return flatten(tree, isLeaf).leaves;
}

/**
 * The containers without the leaves.
 *
 * @example
 * ```ts
 * tree.structure([1, 2]).equals(tree.structure([3, 4])); // true
 * ```
 */
export function structure<T>(tree: T, isLeaf?: IsLeaf): TreeDef<T> {
  return flatten(tree, isLeaf).structure;
}

function collect(node: unknown, leaves: unknown[], isLeaf: IsLeaf | undefined, depth: number): TreeDef {
  if (isLeaf !== undefined && isLeaf(node)) {
    leaves.push(node);
    return LEAF;
  }
  const kind = containerKind(node);
  if (kind === undefined) {
    leaves.push(node);
    return LEAF;
  }
  if (kind === 'null') return NULL;
  if (depth === DEEPEST) {
    throw new RangeError(
      `tree: ${describeNode(node)} lies ${DEEPEST} levels deep: does a container hold itself?`,
    );
  }

  const start = leaves.length;
  let keys = NO_KEYS;
  let rule: RegisteredNode | undefined;
  let aux: unknown;
  const children: TreeDef[] = [];
  if (kind === 'array') {
    const array = node as unknown[];
    for (let i = 0; i < array.length; i++) children.push(collect(array[i], leaves, isLeaf, depth + 1));
  } else if (kind === 'object') {
    const object = node as Record<string, unknown>;
    const symbol = Object.getOwnPropertySymbols(object).find((key) =>
      Object.prototype.propertyIsEnumerable.call(object, key),
    );
    if (symbol)
      throw new TypeError(`tree: keys of objects must be strings, got ${String(symbol)}: use a Map.`);
    const sorted = Object.keys(object).sort();
    for (const key of sorted) children.push(collect(object[key], leaves, isLeaf, depth + 1));
    keys = sorted;
  } else if (kind === 'map') {
    const map = node as Map<unknown, unknown>;
    keys = mapKeys(map);
    for (const key of keys) children.push(collect(map.get(key), leaves, isLeaf, depth + 1));
  } else {
    rule = registeredNode(Object.getPrototypeOf(node) as object)!;
    const parts = takeApart(rule, node);
    aux = parts[1];
    keys = rule.keys?.(node) ?? NO_KEYS;
    for (const child of parts[0]) children.push(collect(child, leaves, isLeaf, depth + 1));
  }
  return new TreeDef(kind, keys, children, leaves.length - start, rule, aux);
}

/** `[children, aux]` of an instance of a registered class. */
export function takeApart(rule: RegisteredNode, node: unknown): readonly [readonly unknown[], unknown] {
  const parts: unknown = rule.flatten(node);
  if (!Array.isArray(parts) || !Array.isArray(parts[0])) {
    throw new TypeError(
      `tree: flatten of the registered class ${rule.className} must return [children, aux] with an array of children, ` +
        `got ${describeNode(parts)}.`,
    );
  }
  return parts as unknown as readonly [readonly unknown[], unknown];
}
