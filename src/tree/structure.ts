import { auxEqual } from './auxData';
import type { ContainerKind } from './container';
import { describeKeys } from './describe';
import type { RegisteredNode } from './registry';

/**
 * The structure of a tree: its containers without its leaves. Immutable.
 *
 * @typeParam T the type of the trees that have this structure
 * @example
 * ```ts
 * tree.structure({ b: [1, null], a: 2 }) instanceof tree.TreeDef; // true
 * ```
 */
export class TreeDef<T = unknown> {
  declare readonly treeType?: T;

  /** @internal */
  constructor(
    readonly kind: ContainerKind | 'leaf',
    /** Keys of an object or a Map, names of a registered class's children; empty for the others. */
    readonly keys: readonly unknown[],
    readonly children: readonly TreeDef[],
    readonly numLeaves: number,
    /** @internal */
    readonly rule?: RegisteredNode,
    /** @internal */
    readonly aux?: unknown,
  ) {}

  get isLeaf(): boolean {
    return this.kind === 'leaf';
  }

  equals(other: TreeDef): boolean {
    if (this === other) return true;
    if (!this.sameNode(other)) return false;
    for (let i = 0; i < this.children.length; i++) {
      if (!this.children[i]!.equals(other.children[i]!)) return false;
    }
    return true;
  }

  /** Whether the two agree at the top: kind, keys, number of children, class and aux data. */
  sameNode(other: TreeDef): boolean {
    if (this.kind !== other.kind || this.children.length !== other.children.length) return false;
    if (this.kind === 'registered') return this.rule === other.rule && auxEqual(this.aux, other.aux);
    for (let i = 0; i < this.keys.length; i++) {
      if (!Object.is(this.keys[i], other.keys[i])) return false;
    }
    return true;
  }

  /** A child's step in a key path: `1` in an array, `w` in an object. */
  step(child: number): string {
    return String(this.keys[child] ?? child);
  }

  /** The top of the structure in words, for messages. */
  describe(): string {
    switch (this.kind) {
      case 'leaf':
        return 'a leaf';
      case 'null':
        return 'null';
      case 'array':
        return `an array of length ${this.children.length}`;
      case 'object':
        return describeKeys('an object', this.keys);
      case 'map':
        return describeKeys('a Map', this.keys);
      case 'registered':
        return `a ${this.rule!.className} with ${this.children.length} children${describeAux(this.aux)}`;
    }
  }

  /** `{a: *, b: [*, null]}`: leaves are stars. */
  toString(): string {
    const entries = (): string => this.children.map((child, i) => `${this.step(i)}: ${child}`).join(', ');
    switch (this.kind) {
      case 'leaf':
        return '*';
      case 'null':
        return 'null';
      case 'array':
        return `[${this.children.join(', ')}]`;
      case 'object':
        return `{${entries()}}`;
      case 'map':
        return `Map{${entries()}}`;
      case 'registered':
        return `${this.rule!.className}(${this.keys.length > 0 ? entries() : this.children.join(', ')})`;
    }
  }
}

export const LEAF = new TreeDef('leaf', [], [], 1);
export const NULL = new TreeDef('null', [], [], 0);

function describeAux(aux: unknown): string {
  if (aux === undefined || aux === null) return '';
  try {
    return ` and aux data ${JSON.stringify(aux)}`;
  } catch {
    return ` and aux data ${String(aux)}`; // circular, or a bigint
  }
}
