import type { KernelConfig } from '@tensorflow/tfjs-core';
import type { Compute, Inputs } from '../../../core/compute';
import { assertFloat32, type WebGLBackend } from './program';

/** A kernel as fragment shaders. Nothing is read back. */
export type WebGLCompute = Compute<WebGLBackend>;

export const onWebGL = (kernelName: string, run: WebGLCompute): KernelConfig => ({
  kernelName,
  backendName: 'webgl',
  kernelFunc: ({ inputs, attrs, backend }) => {
    assertFloat32(kernelName);
    return run(backend as WebGLBackend, inputs as Inputs, attrs ?? {});
  },
});
