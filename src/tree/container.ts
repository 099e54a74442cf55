import { registeredNode } from './registry';

export type ContainerKind = 'null' | 'array' | 'object' | 'map' | 'registered';

/** What kind of container a value is; undefined for a leaf. Everything unknown is a leaf: tensors, numbers, other classes. */
export function containerKind(value: unknown): ContainerKind | undefined {
  if (value === null) return 'null';
  if (typeof value !== 'object') return undefined;
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Array.prototype) return 'array';
  if (prototype === Object.prototype || prototype === null) return 'object';
  if (prototype === Map.prototype) return 'map';
  if (registeredNode(prototype)) return 'registered';
  if (Array.isArray(value)) return 'array';
  return isForeignObject(prototype) ? 'object' : undefined;
}

/** `Object.prototype` of another realm (a frame, a vm context): at the top of its chain, with that object's own methods. */
function isForeignObject(prototype: object): boolean {
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}

/** A Map's keys, sorted if they are all strings or all numbers, so that order of insertion does not matter; else as inserted. */
export function mapKeys(map: ReadonlyMap<unknown, unknown>): unknown[] {
  const keys = [...map.keys()];
  if (keys.every((key) => typeof key === 'string')) return keys.sort();
  if (keys.every((key) => typeof key === 'number')) return keys.sort((a, b) => a - b);
  return keys;
}

/** Sets an own property whatever its name: assigning to `__proto__` would set the prototype. */
export function setKey(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}
