import type { Tensor } from '@tensorflow/tfjs-core';
import { dispatch } from './dispatch';
import type { KernelInputs } from './engine';
import type { Attrs } from './rule';

/**
 * Runs a kernel by name, on plain tensors or tracers alike. Rules use it where no public op reaches a kernel, and our own
 * primitives are such kernels too.
 *
 * @param inputs tensors by input name, or a list for the kernels that take one; absent ones undefined
 */
export function runKernel<T extends Tensor | Tensor[] = Tensor>(
  kernel: string,
  inputs: Record<string, Tensor | undefined> | Tensor[],
  attrs: Attrs = {},
): T {
  return dispatch(kernel, inputs as KernelInputs, attrs) as T;
}
