import { getKernel, registerKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { onBackend, type HostKernel } from './hostKernel';
import { gram, moments, product } from './moments';
import { ridgeSolve } from './ridgeSolve';
import { onTensorFlow } from './tensorflow';
import { inPlace } from './wasm';
import { onWebGL, type WebGLCompute } from './webgl/kernel';
import * as webgl from './webgl/wide';
import { onWebGPU, type WebGPUCompute } from './webgpu/kernel';
import * as webgpu from './webgpu/wide';

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

const wideKernels: LinalgKernel[] = [
  { ...gram, webgl: webgl.gram, webgpu: webgpu.gram },
  { ...moments, webgl: webgl.moments, webgpu: webgpu.moments },
  { ...product, webgl: webgl.product, webgpu: webgpu.product },
  { ...ridgeSolve, webgl: webgl.ridgeSolve, webgpu: webgpu.ridgeSolve },
];

/** Makes the kernels of wide.ts known to a backend; on wasm they compute in the backend's memory. */
export function registerWideKernels(backendName: string): void {
  for (const kernel of wideKernels) {
    if (getKernel(kernel.kernelName, backendName)) continue;
    const config = configFor(kernel, backendName);
    registerKernel(backendName === 'wasm' ? inPlace(config) : config);
  }
}
