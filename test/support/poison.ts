import { backend as current, util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, memoryOf, type WasmBackend } from '../../src/wasm/memory';
import { Workspace } from '../../src/wasm/workspace';

interface Allocator {
  makeOutput(shape: readonly number[], dtype: DataType, ...rest: unknown[]): TensorInfo;
}

/** Once each: files that share a process share backends and classes. */
const poisoned = new WeakSet<object>();

/** Fills what the wasm backend allocates with NaN, so that a kernel which reads what nobody wrote, or leaves a part unwritten, fails its test. */
export function poisonNewMemory(): void {
  const backend = current() as unknown as WasmBackend & Allocator;
  if (poisoned.has(backend)) return;
  poisoned.add(backend);
  const make: Allocator['makeOutput'] = backend.makeOutput.bind(backend);
  // Tests may hide it from kernels later.
  const memory = memoryOf(backend)!;
  backend.makeOutput = (shape: readonly number[], dtype: DataType, ...rest: unknown[]) => {
    const made = make(shape, dtype, ...rest);
    if (rest.every((given) => given === undefined) && dtype !== 'string') {
      const bytes = util.sizeFromShape(shape as number[]) * util.bytesPerElement(dtype);
      new Uint8Array(memory.buffer, addressOf(backend, made), bytes).fill(0xff);
    }
    return made;
  };
}

/** Likewise, all of a workspace whenever it is used anew. */
export function poisonWorkspaces(): void {
  const { prototype } = Workspace;
  if (poisoned.has(prototype)) return;
  poisoned.add(prototype);
  const { begin } = prototype;
  prototype.begin = function (bytes) {
    begin.call(this, bytes);
    new Uint8Array(this.memory.buffer).fill(0xff);
  };
}
