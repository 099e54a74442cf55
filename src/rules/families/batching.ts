import { expandDims, getBackend, reshape, util, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { BatchCall, Batched } from '../../core/rule';
import { broadcastLike } from './broadcast';
import { highestRank, runAtLowRank } from './lowRank';

/** Shape of one example. */
export function exampleShape({ value, batched }: Batched): number[] {
  return batched ? value.shape.slice(1) : value.shape;
}

/** The value with the mapped axis in front, repeated if it has none. */
export function withBatch({ value, batched }: Batched, size: number): Tensor {
  return batched ? value : broadcastLike(expandDims(value, 0), [size, ...value.shape]);
}

/** The value with ones inserted behind the mapped axis, so that examples of other rank broadcast against it as they would alone. */
export function alignRank(input: Batched, rank: number): Tensor {
  const shape = exampleShape(input);
  if (!input.batched || shape.length >= rank) return input.value;
  const ones = new Array<number>(rank - shape.length).fill(1);
  return reshape(input.value, [input.value.shape[0]!, ...ones, ...shape]);
}

/** Axes of one example, as axes of the batch. */
export function shiftAxes(axis: number | number[], input: Batched): number[] {
  return util.parseAxisParam(axis, exampleShape(input)).map((a) => a + 1);
}

/** Folds the mapped axis into the next one: [B, n, ...] -> [B n, ...]. */
export function mergeBatch(value: Tensor): Tensor {
  const [b, n, ...rest] = value.shape as [number, number, ...number[]];
  return reshape(value, [b * n, ...rest]);
}

/** Undoes `mergeBatch`: [B n, ...] -> [B, n, ...]. */
export function splitBatch(value: Tensor, size: number): Tensor {
  const [bn, ...rest] = value.shape as [number, ...number[]];
  return reshape(value, [size, size === 0 ? 0 : bn / size, ...rest]);
}

/** Kernels whose inputs have a batch of their own in front: the mapped axis folds into it, and out of each result. */
export function foldedBatch<T extends Tensor | Tensor[] = Tensor>({
  kernel,
  inputs,
  size,
  attrs,
}: BatchCall): T {
  const folded = Object.entries(inputs).map(([name, input]) => [name, mergeBatch(withBatch(input, size))]);
  const y = runKernel<Tensor | Tensor[]>(kernel, Object.fromEntries(folded), attrs);
  return (Array.isArray(y) ? y.map((part) => splitBatch(part, size)) : splitBatch(y, size)) as T;
}

/** Kernels of one input that work along its last axes, or on each element: the mapped axis is one more in front. */
export function batchInFront({ kernel, inputs, attrs }: BatchCall): Tensor {
  const values = Object.entries(inputs).map(([name, { value }]) => [name, value]);
  return runKernel(kernel, Object.fromEntries(values), attrs);
}

/** Elementwise kernels with broadcasting: only ranks have to be aligned. */
export function elementwiseBatch({ kernel, inputs, attrs }: BatchCall): Tensor {
  const rank = Math.max(...Object.values(inputs).map((input) => exampleShape(input).length));
  const aligned = Object.fromEntries(
    Object.entries(inputs).map(([name, input]) => [name, alignRank(input, rank)]),
  );
  return rank < highestRank(getBackend())
    ? runKernel(kernel, aligned, attrs)
    : runAtLowRank(kernel, aligned, attrs);
}
