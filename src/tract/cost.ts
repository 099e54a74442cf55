import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelInputs } from '../core/engine';

type Inputs = Record<string, Tensor>;

const product = (sizes: readonly number[]): number => sizes.reduce((a, d) => a * d, 1);
/** Multiplications for each number that the filter's outputs are computed to. */
const perOutput = (filter: Tensor, outputs: number): number => filter.size / outputs;

/** Additions and multiplications of the kernels that have more than one for each number they return. */
const products: Record<string, (inputs: Inputs, result: Tensor) => number> = {
  BatchMatMul: ({ a, b }, y) => 2 * y.size * summed(a!, b!, y),
  Conv2D: ({ filter }, y) => 2 * y.size * perOutput(filter!, filter!.shape[3]!),
  Conv3D: ({ filter }, y) => 2 * y.size * perOutput(filter!, filter!.shape[4]!),
  DepthwiseConv2dNative: ({ filter }, y) => 2 * y.size * product(filter!.shape.slice(0, 2)),
  Conv2DBackpropInput: ({ dy, filter }) => 2 * dy!.size * perOutput(filter!, filter!.shape[3]!),
  Conv3DBackpropInputV2: ({ dy, filter }) => 2 * dy!.size * perOutput(filter!, filter!.shape[4]!),
};

/** The length of the axis over which a product of matrices sums, from the sizes of one matrix of each. */
function summed(a: Tensor, b: Tensor, y: Tensor): number {
  const matrix = (t: Tensor): number => product(t.shape.slice(-2));
  return Math.sqrt((matrix(a) * matrix(b)) / Math.max(matrix(y), 1));
}

/** Operations of one kernel call, roughly: products of matrices exactly, one for each number of anything else. */
export function operationsOf(kernel: string, inputs: KernelInputs, result: Tensor | Tensor[]): number {
  const outputs = Array.isArray(result) ? result : [result];
  const count = products[kernel];
  return count ? count(inputs as Inputs, outputs[0]!) : outputs.reduce((sum, y) => sum + y.size, 0);
}
