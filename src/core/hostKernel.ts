import type { DataType, KernelBackend, KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';

/** What a tensor holds, rows first. */
export type Values = Float32Array | Int32Array | Uint8Array;

/** A tensor's values on the host. */
export interface HostTensor {
  shape: number[];
  values: Values;
}

/** A kernel computed on the host: takes its inputs by name, returns its output or outputs. */
export interface HostKernel {
  kernelName: string;
  compute(inputs: Record<string, HostTensor>, attrs: NamedAttrMap): HostTensor | HostTensor[];
}

/** The kernel for a backend whose tensors can be read synchronously; uses only what every tfjs backend has. */
export function onBackend({ kernelName, compute }: HostKernel, backendName: string): KernelConfig {
  return {
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const device = backend as KernelBackend;
      const read = ({ dataId, shape, dtype }: TensorInfo): HostTensor => ({
        shape,
        values: viewInHeap(device, dataId, shape, dtype) ?? (device.readSync(dataId) as Values),
      });
      const write = ({ values, shape }: HostTensor): TensorInfo => {
        const dtype: DataType = values instanceof Float32Array ? 'float32' : 'int32';
        return { dataId: device.write(values, shape, dtype), shape, dtype };
      };
      const tensors = Object.fromEntries(
        Object.entries(inputs).map(([name, input]) => [name, read(input as TensorInfo)]),
      );
      const outputs = compute(tensors, attrs ?? {});
      return Array.isArray(outputs) ? outputs.map(write) : write(outputs);
    },
  };
}

/** What the wasm backend keeps of a tensor. */
interface WasmBackend {
  wasm?: { HEAPU8?: Uint8Array };
  dataIdMap?: { get(id: object): { memoryOffset?: number | null } | undefined };
}

/**
 * A tensor's values in the wasm backend's own memory: `readSync` would copy them, which takes longer than many a kernel. The view is good until
 * the backend allocates, so until a kernel writes its outputs.
 */
function viewInHeap(
  backend: unknown,
  dataId: object,
  shape: number[],
  dtype: DataType,
): Float32Array | undefined {
  const { wasm, dataIdMap } = backend as WasmBackend;
  const heap = wasm?.HEAPU8;
  if (!heap || dtype !== 'float32') return undefined;
  const offset = dataIdMap?.get(dataId)?.memoryOffset;
  const size = shape.reduce((product, length) => product * length, 1);
  if (typeof offset !== 'number' || offset % 4 !== 0 || size === 0) return undefined;
  return new Float32Array(heap.buffer, heap.byteOffset + offset, size);
}
