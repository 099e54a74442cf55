import { describe, expect, it } from 'vitest';
import { build, operand, type Expression } from '../../src/jit/elementwise/expression';
import { assembleLoop } from '../../src/jit/wasm/module';

const memory = new WebAssembly.Memory({ initial: 64 });

/** An expression of one number, computed by a module over an array. */
function over(expression: Expression, xs: Float32Array): Float32Array {
  const module = new WebAssembly.Module(
    assembleLoop({
      sizes: [xs.length],
      inputs: [{ kind: 'n', strides: [1] }],
      statements: [{ expression, kind: 'n' }],
      outputs: [0],
    }),
  );
  const { run } = new WebAssembly.Instance(module, { host: { memory } }).exports as unknown as {
    run: (from: number, to: number, n: number) => void;
  };
  const all = new Float32Array(memory.buffer);
  all.set(xs);
  run(0, xs.byteLength, xs.length);
  return all.slice(xs.length, 2 * xs.length);
}

/** Distance between neighbours of float32 at x. */
function ulp(x: number): number {
  const size = Math.max(Math.abs(x), 2 ** -126);
  return 2 ** (Math.floor(Math.log2(size)) - 23);
}

// Every power of two with a few mantissas, both signs, and what is between -110 and 110.
const mantissas = [1, 1.1, 1.37, Math.SQRT1_2 * 2, 1.5, 1.71, 1.99999];
const powers = Array.from({ length: 277 }, (_, i) => 2 ** (i - 149));
const sizes = [...powers.flatMap((p) => mantissas.map((m) => m * p)).filter((x) => x < 3.4e38), 3.4028234e38];
const even = Array.from({ length: 40_001 }, (_, i) => (i - 20_000) * 0.0055);
const special = [0, -0, Infinity, -Infinity, NaN];
const points = new Float32Array([...special, ...sizes, ...sizes.map((x) => -x), ...even]);

describe('elementary functions of float32, against float64', () => {
  it.each<[keyof typeof build & keyof Math, number]>([
    ['exp', 2],
    ['expm1', 3],
    ['log', 2],
    ['log1p', 3],
    ['tanh', 4],
  ])('%s is within %d units in the last place', (name, bound) => {
    const found = over(build[name as 'exp'](operand(0, 'n')), points);
    let worst = 0;
    points.forEach((x, i) => {
      const expected = (Math[name] as (x: number) => number)(x);
      const y = found[i]!;
      if (Number.isNaN(expected)) return expect(y).toBeNaN();
      if (!Number.isFinite(Math.fround(expected))) return expect([x, y]).toEqual([x, Math.fround(expected)]);
      if (expected === 0) return expect([x, y]).toEqual([x, expected]);
      const error = Math.abs(y - expected) / ulp(expected);
      if (!(error <= bound)) expect.fail(`${name}(${x}) is ${y}, not ${expected}: ${error} ulps`);
      worst = Math.max(worst, error);
    });
    expect(worst).toBeGreaterThan(0);
  });
});
