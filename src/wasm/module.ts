import { withSharedMemory } from './assembler';
import { isRecording, recording } from './calls';
import { isShared } from './memory';

/** A module as `assemble` makes it, such that it can import this memory. */
export function importing(
  memory: WebAssembly.Memory,
  module: Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  return isShared(memory) ? withSharedMemory(module) : module;
}

/** A module, compiled when first needed, and what is made of its exports, once for each memory. */
export interface MemoryModule<T> {
  /** False where it can't be compiled: no SIMD instructions, or a policy that forbids WebAssembly. */
  compiles(): boolean;
  in(memory: WebAssembly.Memory): T;
}

/** @param use what users of a memory get, of the exports */
export function memoryModule<T>(
  assembled: () => Uint8Array<ArrayBuffer>,
  use: (exports: WebAssembly.Exports) => T,
): MemoryModule<T> {
  let module: WebAssembly.Module | null | undefined;
  const compiled = (): WebAssembly.Module | null => {
    if (module === undefined) {
      try {
        module = new WebAssembly.Module(assembled());
      } catch {
        module = null;
      }
    }
    return module;
  };
  const instances = new WeakMap<WebAssembly.Memory, { exports: WebAssembly.Exports; user: T }>();
  return {
    compiles: () => compiled() !== null,
    in(memory) {
      let instance = instances.get(memory);
      if (instance === undefined) {
        const fitting = isShared(memory)
          ? new WebAssembly.Module(importing(memory, assembled()))
          : compiled()!;
        const { exports } = new WebAssembly.Instance(fitting, { host: { memory } });
        instances.set(memory, (instance = { exports, user: use(exports) }));
      }
      return isRecording() ? use(recording(instance.exports)) : instance.user;
    },
  };
}
