import { backend as current, util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { addressOf, memoryOf, type WasmBackend } from '../../src/wasm/memory';

/** Fills what the wasm backend allocates with NaN, so that a kernel which reads what nobody wrote, or leaves a part unwritten, fails its test. */
export function poisonNewMemory(): void {
  const backend = current() as unknown as WasmBackend & { makeOutput: (...args: unknown[]) => TensorInfo };
  const make = backend.makeOutput.bind(backend);
  backend.makeOutput = (shape: number[], dtype: DataType, ...rest: unknown[]) => {
    const made = make(shape, dtype, ...rest);
    if (rest.every((given) => given === undefined) && dtype !== 'string') {
      const bytes = util.sizeFromShape(shape) * util.bytesPerElement(dtype);
      new Uint8Array(memoryOf(backend)!.buffer, addressOf(backend, made), bytes).fill(0xff);
    }
    return made;
  };
}
