import { expect, it } from 'vitest';
import { assemble, get, int } from '../../src/wasm/assembler';
import { memoryModule } from '../../src/wasm/module';

interface Exports {
  store(address: number, value: number): void;
}

const storing = memoryModule(
  () => assemble([{ name: 'store', parameters: 2, integers: 0, pairs: 0, body: int.store(get(0), get(1)) }]),
  (exports) => exports as unknown as Exports,
);

it.each([false, true])(
  'modules work in a memory that threads share, and in one of their own: %s',
  (shared) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared });
    const { store } = storing.in(memory);
    store(16, 12345);
    expect(new Int32Array(memory.buffer)[4]).toBe(12345);
    // Growing it leaves the module with the memory.
    memory.grow(1);
    store(2 ** 16 + 4, 678);
    expect(new Int32Array(memory.buffer)[2 ** 14 + 1]).toBe(678);
  },
);
