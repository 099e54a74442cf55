import { expect, it } from 'vitest';
import { blocksIn } from '../../src/wasm/blocks';
import { callsOf, inOne } from '../../src/wasm/calls';

it('calls that are recorded do not run, and run in order as one function, as often as it is called', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const floats = new Float32Array(memory.buffer);
  floats.set([1, 2, 3, 4, 5, 6]);
  const before = floats.slice();
  const calls = callsOf(() => {
    const blocks = blocksIn(memory);
    blocks.transpose(64, 8, 0, 12, 2, 3);
    blocks.clear(4, 8);
    blocks.copyLines(128, 300, 64, 8, 8, 2);
  });
  expect(floats).toEqual(before);
  const run = inOne(calls);
  for (let i = 0; i < 2; i++) {
    floats.set([1, 2, 3]);
    run();
    expect([...floats.slice(0, 6)]).toEqual([1, 0, 0, 4, 5, 6]);
    expect([...floats.slice(16, 22)]).toEqual([1, 4, 2, 5, 3, 6]);
    expect([...floats.slice(32, 34), ...floats.slice(107, 109)]).toEqual([1, 4, 2, 5]);
  }
  // What is not recorded runs at once again.
  blocksIn(memory).clear(0, 4);
  expect(floats[0]).toBe(0);
});

it('after an error nothing is recorded any more', () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  expect(() =>
    callsOf(() => {
      throw new Error('stop');
    }),
  ).toThrow('stop');
  new Float32Array(memory.buffer).fill(1);
  blocksIn(memory).clear(0, 4);
  expect(new Float32Array(memory.buffer)[0]).toBe(0);
});
