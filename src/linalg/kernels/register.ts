import { getKernel, registerKernel, type KernelConfig } from '@tensorflow/tfjs-core';
import { onBackend, type HostKernel } from '../../core/hostKernel';
import { onTensorFlow } from './tensorflow';
import { onWebGL, type WebGLCompute } from './webgl/kernel';
import { onWebGPU, type WebGPUCompute } from './webgpu/kernel';

/** A kernel with what stands for it on backends that have their own: elsewhere it is computed on the host. */
export interface LinalgKernel extends HostKernel {
  webgl: WebGLCompute;
  webgpu: WebGPUCompute;
}

export function configFor(kernel: LinalgKernel, backendName: string): KernelConfig {
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
