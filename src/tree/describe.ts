import { containerKind } from './container';

/** How messages show a node of a tree that should have been another one. */
export function describeNode(node: unknown): string {
  if (node === null || node === undefined) return String(node);
  switch (containerKind(node)) {
    case 'array':
      return `an array of length ${(node as unknown[]).length}`;
    case 'object':
      return describeKeys('an object', Object.keys(node).sort());
    case 'map':
      return describeKeys('a Map', [...(node as Map<unknown, unknown>).keys()]);
    default:
      return describeLeaf(node);
  }
}

export function describeKeys(what: string, keys: readonly unknown[]): string {
  return keys.length === 0 ? `${what} without keys` : `${what} with keys ${keys.map(String).join(', ')}`;
}

/** @throws TypeError where a callback is none */
export function requireFunction(name: string, f: unknown): void {
  if (typeof f !== 'function') throw new TypeError(`${name}: expected a function, got ${describeNode(f)}.`);
}

function describeLeaf(leaf: unknown): string {
  if (typeof leaf === 'string') return `the string ${JSON.stringify(leaf)}`;
  if (typeof leaf === 'function') return `the function ${leaf.name || '(anonymous)'}`;
  if (typeof leaf !== 'object') return `the ${typeof leaf} ${String(leaf)}`;
  const { shape, dtype } = leaf as { shape?: unknown; dtype?: unknown };
  if (Array.isArray(shape) && typeof dtype === 'string') return `a tensor ${dtype}[${shape.join(',')}]`;
  return `an instance of ${leaf!.constructor?.name || 'an unnamed class'}`;
}
