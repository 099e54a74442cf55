import { getKernel, registerKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { cholesky } from './cholesky';
import { choleskySolve } from './choleskySolve';
import { onBackend, type HostKernel } from './hostKernel';
import { lu } from './lu';
import { gram, moments, product } from './moments';
import { ridgeSolve } from './ridgeSolve';
import { solve } from './solve';
import { onTensorFlow } from './tensorflow';
import { triangularSolve } from './triangularSolve';
import { webglKernels } from './webgl/kernels';
import { webgpuKernels } from './webgpu/kernels';

const hostKernels = [cholesky, choleskySolve, lu, solve, triangularSolve];

/** Those of one backend: its own where it has any, else computed on the host. */
function kernelsFor(backendName: string): KernelConfig[] {
  if (backendName === 'webgpu') return webgpuKernels;
  if (backendName === 'webgl') return webglKernels;
  return hostKernels.map((kernel) => fromHost(kernel, backendName));
}

/** TensorFlow has ops of its own for each. */
const fromHost = (kernel: HostKernel, backendName: string): KernelConfig =>
  backendName === 'tensorflow' ? onTensorFlow(kernel) : onBackend(kernel, backendName);

/** Makes the kernels of linalg known to a backend, loaded or not; those it has already stay. */
export function registerLinalgKernels(backendName: string): void {
  for (const kernel of kernelsFor(backendName)) {
    if (!getKernel(kernel.kernelName, backendName)) registerKernel(kernel);
  }
}

const wideKernels = [gram, moments, product, ridgeSolve];
/** Backends whose tensors the host reads without waiting. */
const readable = new Set(['cpu', 'wasm', 'tensorflow']);

/** Makes the kernels of wide.ts known to a backend that can have them from the host; elsewhere they are composed of others. */
export function registerWideKernels(backendName: string): void {
  if (!readable.has(backendName)) return;
  for (const kernel of wideKernels) {
    if (!getKernel(kernel.kernelName, backendName)) registerKernel(fromHost(kernel, backendName));
  }
}
