import type { Tensor } from '@tensorflow/tfjs-core';
import { toTensor } from '../core/values';
import { flatten, leavesWithPath, type TreeDef } from '../tree';
import { refusePromise } from './arguments';

/** What a function returned. */
export interface FlatOutput {
  readonly leaves: Tensor[];
  readonly structure: TreeDef;
}

/** The tensors of a function's result, numbers as scalars. A leaf that is neither is named by its key path. */
export function flattenOutput(name: string, result: unknown, what = 'output'): FlatOutput {
  refusePromise(name, result);
  const { leaves, structure } = flatten(result);
  const where = (leaf: number) => (): string => `${name}: ${outputPath(result, leaf, what)}`;
  return { leaves: (leaves as unknown[]).map((leaf, i) => toTensor(leaf, where(i))), structure };
}

/** `output at "a/0"`: where a leaf of a result is. */
export function outputPath(result: unknown, leaf: number, what = 'output'): string {
  const path = leavesWithPath(result)[leaf]?.[0];
  return path ? `${what} at "${path}"` : what;
}
