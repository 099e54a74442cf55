import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { assertFloat32, type WebGLBackend } from './program';

export type Inputs = Record<string, TensorInfo>;
/** A kernel as fragment shaders. Nothing is read back. */
export type WebGLCompute = (
  backend: WebGLBackend,
  inputs: Inputs,
  attrs: NamedAttrMap,
) => TensorInfo | TensorInfo[];

export const onWebGL = (kernelName: string, run: WebGLCompute): KernelConfig => ({
  kernelName,
  backendName: 'webgl',
  kernelFunc: ({ inputs, attrs, backend }) => {
    assertFloat32(kernelName);
    return run(backend as WebGLBackend, inputs as Inputs, attrs ?? {});
  },
});
