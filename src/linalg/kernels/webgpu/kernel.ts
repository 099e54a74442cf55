import { getKernel, type KernelConfig, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Compute, Inputs } from '../../../core/compute';
import type { WebGPUBackend } from '../../../core/webgpu';

/** A kernel as compute shaders. Nothing is read back. */
export type WebGPUCompute = Compute<WebGPUBackend>;

export const onWebGPU = (kernelName: string, run: WebGPUCompute): KernelConfig => ({
  kernelName,
  backendName: 'webgpu',
  kernelFunc: ({ inputs, attrs, backend }) => {
    const device = backend as WebGPUBackend;
    const { floats, made } = asFloats(device, inputs as Inputs);
    try {
      return run(device, floats, attrs ?? {});
    } finally {
      for (const dataId of made) device.disposeData(dataId);
    }
  },
});

/** Shaders here read floats, but tf.cast from integers and truths leaves the buffer as it is: those are computed anew. */
function asFloats(backend: WebGPUBackend, inputs: Inputs): { floats: Inputs; made: object[] } {
  const made: object[] = [];
  const floats = Object.entries(inputs).map(([name, input]): [string, TensorInfo] => {
    if (!input || backend.tensorMap.get(input.dataId).dtype === 'float32') return [name, input];
    const one = backend.makeTensorInfo([], 'float32', new Float32Array([1]));
    const multiply = getKernel('Multiply', 'webgpu')!.kernelFunc;
    const float = multiply({ inputs: { a: input, b: one }, backend, attrs: {} }) as TensorInfo;
    made.push(one.dataId, float.dataId);
    return [name, float];
  });
  return { floats: Object.fromEntries(floats), made };
}
