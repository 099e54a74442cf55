import { Tensor } from '@tensorflow/tfjs-core';

/** How a registered class comes apart into children (subtrees) and aux data, and is put together again. */
export interface NodeRule<T = unknown, Aux = unknown> {
  /** `[children, aux]`. Aux data are compared by value where two trees must have one structure. */
  flatten(node: T): readonly [children: readonly unknown[], aux: Aux];
  /** The inverse. It must accept children of any kind: tensors, tracers, or what `map` returned. */
  unflatten(aux: Aux, children: unknown[]): T;
  /** Names of the children in key paths; their positions if absent. */
  keys?(node: T): readonly string[];
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type NodeClass<T> = abstract new (...args: any[]) => T;

export interface RegisteredNode extends NodeRule {
  readonly className: string;
}

const registry = new Map<object, RegisteredNode>();
const builtIn: readonly NodeClass<unknown>[] = [Object, Array, Map, Tensor];

/**
 * Makes a class a container: its instances are then nodes of trees, no longer leaves. Subclasses are registered by themselves.
 *
 * @throws Error if the class is registered already, or is a container or leaf by definition
 * @example
 * ```ts
 * class Point {
 *   constructor(
 *     readonly x: tf.Tensor,
 *     readonly y: tf.Tensor,
 *     readonly name: string,
 *   ) {}
 * }
 * tree.registerNode(Point, {
 *   flatten: (p) => [[p.x, p.y], p.name],
 *   unflatten: (name: string, [x, y]) => new Point(x as tf.Tensor, y as tf.Tensor, name),
 *   keys: () => ['x', 'y'],
 * });
 * grad((p: Point) => tf.mul(p.x, p.y))(new Point(tf.scalar(2), tf.scalar(3), 'p')); // { x: 3, y: 2, name: 'p' }
 * ```
 */
export function registerNode<T, Aux = undefined>(nodeClass: NodeClass<T>, rule: NodeRule<T, Aux>): void {
  if (typeof nodeClass !== 'function' || typeof nodeClass.prototype !== 'object') {
    throw new TypeError(`tree.registerNode: expected a class, got ${String(nodeClass)}.`);
  }
  if (typeof rule?.flatten !== 'function' || typeof rule.unflatten !== 'function') {
    throw new TypeError(`tree.registerNode(${nodeClass.name}): expected functions { flatten, unflatten }.`);
  }
  const prototype = nodeClass.prototype as object;
  if (builtIn.includes(nodeClass) || registry.has(prototype)) {
    throw new Error(`tree.registerNode: ${nodeClass.name} is already registered.`);
  }
  const { flatten, unflatten, keys } = rule as unknown as NodeRule;
  registry.set(prototype, { className: nodeClass.name, flatten, unflatten, keys });
}

export function registeredNode(prototype: object): RegisteredNode | undefined {
  return registry.get(prototype);
}
