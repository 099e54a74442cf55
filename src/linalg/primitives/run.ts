import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { registerLinalgKernel, type LinalgKernel } from '../kernels/register';

/** Runs a kernel of ours, registering it for the backend in use the first time. */
export function run(kernel: LinalgKernel, inputs: Record<string, Tensor>, attrs = {}): Tensor {
  registerLinalgKernel(kernel, getBackend());
  return runKernel(kernel.kernelName, inputs, attrs);
}
