import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** What kernels of our own need of the wasm backend (tfjs 4.22). */
export interface WasmBackend {
  readonly wasm: { readonly asm?: { readonly memory?: unknown }; readonly wasmMemory?: unknown };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number | null } | undefined };
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
}

/**
 * The memory of the wasm backend, for modules of our own to import: they read and write its tensors in place. A build with threads imports its
 * memory, which Emscripten keeps beside the exports; others export theirs.
 */
export function memoryOf(backend: object): WebAssembly.Memory | undefined {
  const { wasm } = backend as Partial<WasmBackend>;
  const memory = wasm?.asm?.memory ?? wasm?.wasmMemory;
  return memory instanceof WebAssembly.Memory ? memory : undefined;
}

/** Whether threads share the memory. */
export function isShared(memory: WebAssembly.Memory): boolean {
  return !(memory.buffer instanceof ArrayBuffer);
}

/** Where a tensor's values begin, in bytes. */
export function addressOf(backend: object, { dataId }: Pick<TensorInfo, 'dataId'>): number {
  const offset = (backend as WasmBackend).dataIdMap.get(dataId)?.memoryOffset;
  if (typeof offset !== 'number') throw new Error('wasm: the tensor is not in the memory of the backend.');
  return offset;
}

/**
 * A new tensor, with values left from before. Allocating may grow the memory, which voids views of it; addresses stay. It always
 * is new data: the backend keeps right operands and filters packed under the id of their data, so data once given out must not change.
 */
export function allocate(backend: object, shape: readonly number[], dtype: DataType): TensorInfo {
  return (backend as WasmBackend).makeOutput(shape, dtype);
}

/** Runs `body` with room for so many bytes of any content. */
export function withRoom<T>(backend: object, bytes: number, body: (address: number) => T): T {
  const room = allocate(backend, [Math.ceil(bytes / 4)], 'float32');
  try {
    return body(addressOf(backend, room));
  } finally {
    (backend as { disposeData(dataId: object): void }).disposeData(room.dataId);
  }
}

/** Copies bytes from one address to another. */
export function copyWithin(backend: object, to: number, from: number, bytes: number): void {
  new Uint8Array(memoryOf(backend)!.buffer).copyWithin(to, from, from + bytes);
}
