import { type Tensor, transpose } from '@tensorflow/tfjs-core';
import { withDefaults, describeValue } from '../core/errors';
import { checkNumbers, COUNT } from '../core/numbers';
import { toTensor } from '../core/values';
import { withBatch } from '../rules/families/batching';
import { broadcastPrefix, flatten, leavesWithPath, unflatten, type TreeDef } from '../tree';
import { argumentPath, checkFunction, label } from './arguments';
import { flattenOutput } from './output';
import { transformed } from './results';
import { runBatch, type BatchTrace } from '../interpreters/batch';
import type { AnyArgs, Cotangents, Given } from './types';

/** Which axis is mapped: a number (negative from the end), or null for none. */
export type Axis = number | null;

/** One axis for a whole tree, or a tree of axes that is a prefix of it. */
export type Axes<T> = 0 extends 1 & T
  ? unknown
  : | Axis
    | (T extends Tensor | number | string | boolean | null | undefined | ((...args: never[]) => unknown)
        ? never
        : T extends ReadonlyMap<infer K, infer V>
          ? ReadonlyMap<K, Axes<V>>
          : T extends object
            ? { readonly [K in keyof T]: Axes<T[K]> }
            : never);

/** An argument of the mapped function: batches, of whatever rank, in the place of examples. */
export type Batches<T> = Given<T>;

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export interface VmapOptions<A extends AnyArgs = AnyArgs, Y = any> {
  /** For all arguments, or an array with one entry per argument; 0 by default. */
  inAxes?: Axis | { readonly [K in keyof A]: Axes<A[K]> };
  /** Where the mapped axis is in the output; null for outputs that are the same for every example. 0 by default. */
  outAxes?: Axes<Y>;
  /** Length of the mapped axis, needed where no argument has one. */
  axisSize?: number;
}

/**
 * Maps a function over an axis of its arguments, as one pass over whole batches.
 *
 * Numbers drawn without a key (`tf.randomUniform`, `tf.dropout`) are drawn once, the same for all examples: map over `random.keys`.
 *
 * @param f written for one example
 * @returns a function of the batches
 * @throws TypeError where axes do not match the arguments' structure; RangeError where an axis is out of range or sizes differ
 * @example
 * ```ts
 * const x = tf.tensor2d([[1, 2], [3, 4]]);
 * vmap((row: tf.Tensor) => tf.sum(row))(x); // [3, 7]
 * ```
 */
export function vmap<A extends AnyArgs, Y>(
  f: (...args: A) => Y,
  options: VmapOptions<A, Y> = {},
): (...args: { [K in keyof A]: Batches<A[K]> }) => Cotangents<Y> {
  checkFunction('vmap', f);
  const name = label('vmap', f);
  const { inAxes, outAxes, axisSize } = withDefaults('vmap', options, {
    inAxes: 0,
    outAxes: 0,
    axisSize: undefined,
  });
  checkInAxes(name, inAxes);
  checkAxes(`${name}: outAxes`, outAxes);
  if (axisSize !== undefined) checkNumbers(name, { axisSize }, COUNT);
  return (...args) =>
    transformed(name, () => {
      const { leaves, structure } = flatten(args);
      const axes = argumentAxes(name, inAxes, args);
      const inputs = leaves.map((leaf, i) =>
        axes[i] === null ? leaf : toTensor(leaf, () => `${name}: ${argumentPath(args, i)}`),
      );
      const resolved = inputs.map((input, i) =>
        axes[i] === null ? null : resolveAxis(name, axes[i]!, input as Tensor, () => argumentPath(args, i)),
      );
      const size = batchSize(name, args, inputs, resolved, axisSize);
      const moved = inputs.map((input, i) =>
        resolved[i] === null ? input : moveAxis(input as Tensor, resolved[i]!, 0),
      );
      let out!: { structure: TreeDef; axes: (number | null)[]; tree: unknown };
      const outputs = runBatch(
        name,
        size,
        moved,
        resolved.map((axis) => axis !== null),
        (examples) => {
          const result = f(...(unflatten(structure, examples) as unknown as A));
          const y = flattenOutput(name, result);
          const to = broadcastPrefix(outAxes, result, isAxis, `${name}: outAxes`) as (number | null)[];
          out = { structure: y.structure, axes: to, tree: result };
          return y.leaves;
        },
        (trace, tensor, i) => place(name, trace, tensor, out.axes[i]!, () => leavesWithPath(out.tree)[i]![0]),
      );
      return unflatten(out.structure, outputs) as Cotangents<Y>;
    });
}

function isAxis(node: unknown): boolean {
  return node === null || typeof node === 'number';
}

function checkInAxes(name: string, inAxes: unknown): void {
  if (!isAxis(inAxes) && !Array.isArray(inAxes)) {
    throw new TypeError(
      `${name}: inAxes must be an integer, null, or an array with one entry per argument, got ${describeValue(inAxes)}.`,
    );
  }
  checkAxes(`${name}: inAxes`, inAxes);
}

/** Every axis of a tree of axes is an integer or null. */
function checkAxes(where: string, axes: unknown): void {
  for (const [path, axis] of leavesWithPath(axes, isAxis)) {
    if (axis === null || Number.isInteger(axis)) continue;
    const at = path ? ` at "${path}"` : '';
    throw new TypeError(`${where} must hold integers or null, got ${describeValue(axis)}${at}.`);
  }
}

/** The axis of each leaf of the arguments. */
function argumentAxes(name: string, inAxes: unknown, args: readonly unknown[]): (number | null)[] {
  if (!Array.isArray(inAxes))
    return broadcastPrefix(inAxes, args, isAxis, `${name}: inAxes`) as (number | null)[];
  if (inAxes.length !== args.length) {
    throw new TypeError(
      `${name}: inAxes must have one entry per argument, but it has ${inAxes.length} and ${args.length} arguments were passed.`,
    );
  }
  return inAxes.flatMap(
    (axes, i) => broadcastPrefix(axes, args[i], isAxis, `${name}: inAxes[${i}]`) as (number | null)[],
  );
}

function resolveAxis(name: string, axis: number, { shape }: Tensor, path: () => string): number {
  if (shape.length === 0) {
    throw new RangeError(
      `${name}: ${path()} is mapped along axis ${axis}: its rank should be at least 1, but is only 0.`,
    );
  }
  if (axis >= shape.length || axis < -shape.length) {
    throw new RangeError(
      `${name}: axis ${axis} is out of bounds for ${path()} of shape [${shape.join(',')}].`,
    );
  }
  return axis < 0 ? axis + shape.length : axis;
}

function batchSize(
  name: string,
  args: readonly unknown[],
  inputs: readonly unknown[],
  axes: readonly (number | null)[],
  axisSize: number | undefined,
): number {
  const mapped = axes.flatMap((axis, i) =>
    axis === null ? [] : [{ i, axis, shape: (inputs[i] as Tensor).shape }],
  );
  const sizes = mapped.map(({ axis, shape }) => shape[axis]!);
  const size = axisSize ?? sizes[0];
  if (size === undefined) {
    throw new RangeError(
      args.length === 0
        ? `${name} was called without arguments: give axisSize.`
        : `${name}: no argument has a mapped axis: at least one entry of inAxes must not be null, or give axisSize.`,
    );
  }
  if (sizes.some((s) => s !== size)) {
    const asked = axisSize === undefined ? '' : `; axisSize is ${axisSize}`;
    const found = mapped.map(({ i, axis, shape }) => ({
      size: shape[axis]!,
      axis: `axis ${axis} of ${argumentPath(args, i)} of shape [${shape.join(',')}]`,
    }));
    throw new RangeError(`${name}: inconsistent sizes for the mapped axes: ${describeSizes(found)}${asked}.`);
  }
  return size;
}

/** Most axes first, so that the odd one out is seen. */
function describeSizes(found: readonly { size: number; axis: string }[]): string {
  const groups = new Map<number, string[]>();
  for (const { size, axis } of found) groups.set(size, [...(groups.get(size) ?? []), axis]);
  const [first, ...rest] = [...groups].sort(([, a], [, b]) => b.length - a.length);
  const describe = (few: string, [size, axes]: [number, string[]]): string =>
    axes.length === 1
      ? `one axis has size ${size}: ${axes[0]}`
      : `${few} axes (${axes.length} of them) have size ${size}, e.g. ${axes[0]}`;
  return [describe('most', first!), ...rest.map((group) => describe('some', group))].join('; ');
}

/** One output as a whole batch, its mapped axis where outAxes wants it. */
function place(
  name: string,
  trace: BatchTrace,
  tensor: Tensor,
  axis: number | null,
  path: () => string,
): Tensor {
  const output = trace.output(tensor);
  if (axis === null) {
    if (output.batched)
      throw new TypeError(
        `${name}: output ${path() || 'y'} is mapped, so its entry of outAxes can't be null.`,
      );
    return output.value;
  }
  const whole = withBatch(output, trace.size);
  if (axis >= whole.rank || axis < -whole.rank) {
    throw new RangeError(
      `${name}: outAxes ${axis} is out of bounds for output ${path() || 'y'} of rank ${whole.rank}.`,
    );
  }
  return moveAxis(whole, 0, axis < 0 ? axis + whole.rank : axis);
}

function moveAxis(tensor: Tensor, from: number, to: number): Tensor {
  if (from === to) return tensor;
  const order = tensor.shape.map((_, i) => i).filter((i) => i !== from);
  order.splice(to, 0, from);
  return transpose(tensor, order);
}
