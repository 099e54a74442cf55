import { describe, expect, it } from 'vitest';
import { build, operand, type Expression } from '../../src/jit/elementwise/expression';
import type { LoopPlan } from '../../src/jit/elementwise';
import { canAssemble } from '../../src/jit/wasm';
import { assembleLoop } from '../../src/jit/wasm/module';

const memory = new WebAssembly.Memory({ initial: 1 });

/** Runs a loop with its inputs one after the other in memory, then its outputs at the very end of it. */
function run(
  plan: LoopPlan,
  inputs: readonly (Float32Array | Uint8Array)[],
  outputs: readonly number[],
): number[] {
  const module = new WebAssembly.Module(assembleLoop(plan));
  const instance = new WebAssembly.Instance(module, { host: { memory } }).exports as unknown as {
    run: (...args: number[]) => void;
  };
  let next = 0;
  const addresses = inputs.map((values) => {
    const at = next;
    new Uint8Array(memory.buffer).set(new Uint8Array(values.buffer), at);
    next += Math.ceil(values.byteLength / 4) * 4;
    return at;
  });
  let end = memory.buffer.byteLength;
  const places = outputs.map((bytes) => (end -= bytes));
  instance.run(...addresses, ...places, ...(plan.sizes.length > 0 ? plan.sizes : [1]));
  return places;
}
const read = (at: number, n: number): number[] => Array.from(new Float32Array(memory.buffer, at, n));
const number = (expression: Expression) => ({ expression, kind: 'n' }) as const;

describe('modules for loops', () => {
  it('write every element and nothing beyond, up to the last byte of memory', () => {
    for (let n = 1; n < 10; n++) {
      const x = Float32Array.from({ length: n }, (_, i) => i + 1);
      const bytes = new Uint8Array(memory.buffer);
      bytes.fill(7, 1024);
      const plan: LoopPlan = {
        sizes: [n],
        inputs: [{ kind: 'n', strides: [1] }],
        statements: [
          number(build.mul(operand(0, 'n'), 2)),
          { expression: build.greater(operand(1, 'n'), 5), kind: 't' },
        ],
        outputs: [1, 0],
      };
      const [truths, doubled] = run(plan, [x], [n, 4 * n + ((4 - (n % 4)) % 4)]) as [number, number];
      expect(read(doubled, n)).toEqual(Array.from(x, (v) => 2 * v));
      expect(Array.from(bytes.slice(truths))).toEqual(Array.from(x, (v) => (2 * v > 5 ? 1 : 0)));
      expect(bytes[doubled - 1]).toBe(7);
    }
  });

  it('read no byte beyond an input that ends with the memory', () => {
    const bytes = memory.buffer.byteLength;
    const values = new Float32Array(memory.buffer, bytes - 12, 3);
    values.set([1, 2, 3]);
    const module = new WebAssembly.Module(
      assembleLoop({
        sizes: [3],
        inputs: [{ kind: 'n', strides: [1] }],
        statements: [number(build.neg(operand(0, 'n')))],
        outputs: [0],
      }),
    );
    const instance = new WebAssembly.Instance(module, { host: { memory } });
    (instance.exports.run as (...args: number[]) => void)(bytes - 12, 0, 3);
    expect(read(0, 3)).toEqual([-1, -2, -3]);
  });

  it('broadcast along inner, middle and outer axes, and compute a value that is used twice once', () => {
    const [a, b, c] = [
      Float32Array.from({ length: 10 }, (_, i) => i),
      Float32Array.from({ length: 3 }, (_, i) => 100 * i),
      Float32Array.from({ length: 30 }, (_, i) => i / 100),
    ];
    const sum = build.add(operand(0, 'n'), build.add(operand(1, 'n'), operand(2, 'n')));
    const [at] = run(
      {
        sizes: [2, 3, 5],
        inputs: [
          { kind: 'n', strides: [5, 0, 1] },
          { kind: 'n', strides: [0, 1, 0] },
          { kind: 'n', strides: [15, 5, 1] },
        ],
        statements: [number(build.mul(sum, sum))],
        outputs: [0],
      },
      [a, b, c],
      [120],
    );
    const expected = Float32Array.from({ length: 30 }, (_, i) => {
      const [outer, middle, inner] = [Math.floor(i / 15), Math.floor(i / 5) % 3, i % 5];
      return Math.fround(a[5 * outer + inner]! + Math.fround(b[middle]! + c[i]!)) ** 2;
    });
    expect(read(at!, 30)).toEqual(Array.from(expected));
  });

  it('are for backends with a memory that is open to them', () => {
    expect(canAssemble({ wasm: { asm: { memory } } })).toBe(true);
    expect(canAssemble({ wasm: { asm: {} } })).toBe(false);
    expect(canAssemble({})).toBe(false);
  });
});
