import { withSharedMemory } from './assembler';
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
  use: (exports: WebAssembly.Exports, memory: WebAssembly.Memory) => T,
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
  const users = new WeakMap<WebAssembly.Memory, T>();
  return {
    compiles: () => compiled() !== null,
    in(memory) {
      let user = users.get(memory);
      if (user === undefined) {
        const fitting = isShared(memory)
          ? new WebAssembly.Module(importing(memory, assembled()))
          : compiled()!;
        user = use(new WebAssembly.Instance(fitting, { host: { memory } }).exports, memory);
        users.set(memory, user);
      }
      return user;
    },
  };
}
