import { getKernel, registerKernel } from '@tensorflow/tfjs-core';
import { cholesky } from './cholesky';
import { choleskySolve } from './choleskySolve';
import { onBackend } from './hostKernel';
import { lu } from './lu';
import { solve } from './solve';
import { onTensorFlow } from './tensorflow';
import { triangularSolve } from './triangularSolve';

const hostKernels = [cholesky, choleskySolve, lu, solve, triangularSolve];

/** Makes the kernels of linalg known to a backend, loaded or not; those it has already stay. */
export function registerLinalgKernels(backendName: string): void {
  for (const kernel of hostKernels) {
    if (getKernel(kernel.kernelName, backendName)) continue;
    registerKernel(backendName === 'tensorflow' ? onTensorFlow(kernel) : onBackend(kernel, backendName));
  }
}
