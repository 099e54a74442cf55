import type { Tensor } from '@tensorflow/tfjs-core';
import { describeAval } from '../core/errors';
import type { Aval } from '../core/rule';
import { toTensor } from '../core/values';
import { capture } from '../jit/capture';
import { withoutSideEffects } from '../jit/sideEffects';
import { refusePromise } from '../transforms/arguments';
import { assertSameStructure, flatten, leavesWithPath, type TreeDef } from '../tree';
import type { MapLeaves } from '../tree/types';
import { open, type Opened } from './primitives/open';

/** A tree with tensors for leaves, whatever they were. */
export type Tensors<T> = MapLeaves<T, Tensor>;

/** A function given to a control flow primitive, captured once: a program without tensors of its own, and the trees that it returns. */
export interface Body extends Opened {
  readonly trees: readonly Tree[];
  dispose(): void;
}

/** A tree of results: its structure, its leaves' shapes and types, and a value of it for messages. */
export interface Tree {
  readonly structure: TreeDef;
  readonly avals: readonly Aval[];
  readonly paths: readonly string[];
}

/**
 * @param name how messages name the function: `lax.scan(step)`
 * @param call calls it on tracers and returns its results as trees
 */
export function captureBody(
  name: string,
  inputs: readonly Aval[],
  call: (tracers: Tensor[]) => readonly unknown[],
): Body {
  let trees: Tree[] = [];
  const captured = capture(name, inputs, (tracers) => {
    const results = withoutSideEffects(name, () => call(tracers)).map((result) => {
      refusePromise(name, result);
      return toTree(name, result);
    });
    trees = results.map(({ tree }) => tree);
    return results.flatMap(({ leaves }) => leaves);
  });
  return { ...open(captured.program), trees, dispose: () => captured.dispose() };
}

/** A value as tensors, and its tree. */
export function toTree(name: string, value: unknown): { tree: Tree; leaves: Tensor[] } {
  const { leaves, structure } = flatten(value);
  const paths = leavesWithPath(value).map(([path]) => path);
  const tensors = (leaves as unknown[]).map((leaf, i) => toTensor(leaf, `${name}: ${at(paths[i]!)}`));
  return {
    tree: { structure, paths, avals: tensors.map(({ shape, dtype }) => ({ shape, dtype })) },
    leaves: tensors,
  };
}

/**
 * @param what what must not change: 'the carry'
 * @throws TypeError where the structure or a type differs; RangeError where a shape does
 */
export function assertSameTree(name: string, what: string, expected: Tree, found: Tree): void {
  assertSameStructure(expected.structure, found.structure, `${name}: ${what}`);
  expected.avals.forEach((aval, i) => {
    const other = found.avals[i]!;
    const message = (): string =>
      `${name}: ${what} must keep its shapes and types, but ${at(expected.paths[i]!)} is ${describeAval(aval)} at first and ${describeAval(other)} then.`;
    if (aval.shape.length !== other.shape.length || aval.shape.some((d, k) => d !== other.shape[k]))
      throw new RangeError(message());
    if (aval.dtype !== other.dtype) throw new TypeError(message());
  });
}

function at(path: string): string {
  return path ? `the leaf at "${path}"` : 'it';
}
