import { getKernel, registerKernel } from '@tensorflow/tfjs-core';
import { onBackend } from '../../core/hostKernel';
import { withWebGPU } from '../../core/leftOut';
import { random } from './draw';
import { foldIn } from './foldIn';
import { permutation } from './permutation';
import { webgpuKernels } from './webgpu';

/** Makes the kernels of random known to a backend, loaded or not; those it has already stay. */
export function registerRandomKernels(backendName: string): void {
  const kernels =
    withWebGPU && backendName === 'webgpu'
      ? webgpuKernels
      : [random, foldIn, permutation].map((kernel) => onBackend(kernel, backendName));
  for (const kernel of kernels) {
    if (!getKernel(kernel.kernelName, backendName)) registerKernel(kernel);
  }
}
