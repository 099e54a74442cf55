import { getKernel, registerKernel } from '@tensorflow/tfjs-core';
import { leftOut, withWebGL, withWebGPU } from '../../core/leftOut';
import { gram, moments, product } from './moments';
import { configFor, type LinalgKernel } from './register';
import { ridgeSolve } from './ridgeSolve';
import { inPlace } from './wasm';
import * as webgl from './webgl/wide';
import * as webgpu from './webgpu/wide';

const wideKernels: LinalgKernel[] = [
  { ...gram, webgl: withWebGL ? webgl.gram : leftOut, webgpu: withWebGPU ? webgpu.gram : leftOut },
  { ...moments, webgl: withWebGL ? webgl.moments : leftOut, webgpu: withWebGPU ? webgpu.moments : leftOut },
  { ...product, webgl: withWebGL ? webgl.product : leftOut, webgpu: withWebGPU ? webgpu.product : leftOut },
  {
    ...ridgeSolve,
    webgl: withWebGL ? webgl.ridgeSolve : leftOut,
    webgpu: withWebGPU ? webgpu.ridgeSolve : leftOut,
  },
];

/** Makes the kernels of wide.ts known to a backend; on wasm they compute in the backend's memory. */
export function registerWideKernels(backendName: string): void {
  for (const kernel of wideKernels) {
    if (getKernel(kernel.kernelName, backendName)) continue;
    const config = configFor(kernel, backendName);
    registerKernel(backendName === 'wasm' ? inPlace(config) : config);
  }
}
