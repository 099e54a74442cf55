import { getKernel, registerKernel } from '@tensorflow/tfjs-core';
import { onBackend } from '../../linalg/kernels/hostKernel';
import { random } from './draw';
import { foldIn } from './foldIn';
import { permutation } from './permutation';

/** Makes the kernels of random known to a backend, loaded or not; those it has already stay. */
export function registerRandomKernels(backendName: string): void {
  for (const kernel of [random, foldIn, permutation]) {
    if (!getKernel(kernel.kernelName, backendName)) registerKernel(onBackend(kernel, backendName));
  }
}
