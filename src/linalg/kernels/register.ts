import { getKernel, registerKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { onBackend, type HostKernel } from './hostKernel';
import { gram, moments, product } from './moments';
import { ridgeSolve } from './ridgeSolve';
import { onTensorFlow } from './tensorflow';
import { inPlace } from './wasm';
import { onWebGL, type WebGLCompute } from './webgl/kernels';
import * as webgl from './webgl/wide';
import { onWebGPU, type WebGPUCompute } from './webgpu/kernels';
import { wideWebGPUKernels } from './webgpu/wide';

/** A kernel with what stands for it on backends that have their own: elsewhere it is computed on the host. */
export interface LinalgKernel extends HostKernel {
  webgl: WebGLCompute;
  webgpu: WebGPUCompute;
}

function configFor(kernel: LinalgKernel, backendName: string): KernelConfig {
  if (backendName === 'webgpu') return onWebGPU(kernel.kernelName, kernel.webgpu);
  if (backendName === 'webgl') return onWebGL(kernel.kernelName, kernel.webgl);
  return fromHost(kernel, backendName);
}

/** TensorFlow has ops of its own for each. */
const fromHost = (kernel: HostKernel, backendName: string): KernelConfig =>
  backendName === 'tensorflow' ? onTensorFlow(kernel) : onBackend(kernel, backendName);

/** Makes a kernel of linalg known to a backend, loaded or not; one that it has already stays. */
export function registerLinalgKernel(kernel: LinalgKernel, backendName: string): void {
  if (!getKernel(kernel.kernelName, backendName)) registerKernel(configFor(kernel, backendName));
}

const wideKernels = [gram, moments, product, ridgeSolve];
/** Backends whose tensors the host reads without waiting. */
const readable = new Set(['cpu', 'wasm', 'tensorflow']);

function wideKernelsFor(backendName: string): KernelConfig[] {
  if (backendName === 'webgpu') return wideWebGPUKernels;
  if (backendName === 'webgl') return [webgl.ridgeSolve];
  const kernels = readable.has(backendName) ? wideKernels : wideKernels.slice(-1);
  const fromHosts = kernels.map((kernel) => fromHost(kernel, backendName));
  return backendName === 'wasm' ? fromHosts.map(inPlace) : fromHosts;
}

/** Makes the kernels of wide.ts known to a backend: at least the last one, since the others can be composed. */
export function registerWideKernels(backendName: string): void {
  for (const kernel of wideKernelsFor(backendName)) {
    if (!getKernel(kernel.kernelName, backendName)) registerKernel(kernel);
  }
}
