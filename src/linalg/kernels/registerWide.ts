import { getKernel, registerKernel } from '@tensorflow/tfjs-core';
import { gram, moments, product } from './moments';
import { configFor, type LinalgKernel } from './register';
import { ridgeSolve } from './ridgeSolve';
import { inPlace } from './wasm';
import * as webgl from './webgl/wide';
import * as webgpu from './webgpu/wide';

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
