import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jit, valueAndGrad } from '../../../src';
import { adam, applyUpdates } from '../../../src/optim';
import { dispatchesOf, total } from '../../support/dispatches';

type F = (...xs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** Values of a jitted function, and how many dispatches a call after the first takes. */
function jitted(f: F, ...xs: tf.Tensor[]): { values: number[][]; types: string[]; dispatches: number } {
  const g = jit(f);
  let ys: tf.Tensor[] = [];
  const run = (): void => void (ys = [g(...xs) as tf.Tensor | tf.Tensor[]].flat());
  run();
  const dispatches = total(dispatchesOf(run));
  g.dispose();
  return { values: ys.map((y) => Array.from(y.dataSync())), types: ys.map((y) => y.dtype), dispatches };
}

function expectClose(found: number[], expected: number[]): void {
  expect(found.length).toBe(expected.length);
  found.forEach((x, i) => {
    const y = Math.fround(expected[i]!);
    const isEqual = Object.is(x, y) || x === y || Math.abs(x - y) <= 2e-6 * (1 + Math.abs(y));
    if (!isEqual) expect.fail(`element ${i}: ${x} is not ${y}`);
  });
}

const specials = [0, -0, 1, -1, 0.5, -2.25, 7, -11, 1e-6, 1e30, -1e30, Infinity, -Infinity, NaN];

describe('a chain of elementwise kernels', () => {
  it('of ten is one dispatch', () =>
    tf.tidy(() => {
      const f: F = (x, y) => {
        const a = tf.mul(tf.add(x!, 1), y!);
        const b = tf.sub(tf.tanh(a), tf.square(x!));
        return tf.where(tf.greater(b, 0), tf.mul(b, 2), tf.exp(tf.neg(tf.abs(b))));
      };
      const [x, y] = [tf.linspace(-2, 2, 300), tf.linspace(1, -3, 300)];
      const eager = total(dispatchesOf(() => void f(x, y)));
      expect(eager).toBeGreaterThanOrEqual(10);
      const { values, dispatches } = jitted(f, x, y);
      expect(dispatches).toBe(1);
      expectClose(values[0]!, Array.from((f(x, y) as tf.Tensor).dataSync()));
    }));

  it('computes NaN, infinities and zeros as IEEE 754 has them', () =>
    tf.tidy(() => {
      const x = tf.tensor1d(specials);
      const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
      const cases: [f: (t: tf.Tensor) => tf.Tensor, reference: (v: number) => number][] = [
        [tf.exp, Math.exp],
        [tf.expm1, Math.expm1],
        [tf.log, Math.log],
        [tf.log1p, Math.log1p],
        [tf.sqrt, Math.sqrt],
        [tf.tanh, Math.tanh],
        [tf.abs, Math.abs],
        [tf.floor, Math.floor],
        [tf.ceil, Math.ceil],
        [tf.sigmoid, sigmoid],
        [tf.relu, (v) => Math.max(v, 0)],
        [tf.relu6, (v) => Math.min(Math.max(v, 0), 6)],
        [tf.elu, (v) => (v >= 0 ? v : Math.exp(v) - 1)],
        [tf.step, (v) => (Number.isNaN(v) ? v : v > 0 ? 1 : 0)],
      ];
      // Halved, so that there are two calls and with them a loop; and not squared, which would overflow.
      for (const [f, reference] of cases)
        expectClose(
          jitted((t) => tf.mul(f(t!), 0.5), x).values[0]!,
          specials.map((v) => reference(Math.fround(v)) * 0.5),
        );
      const pairs = specials.flatMap((a) => specials.map((b) => [a, b] as const));
      const [a, b] = [0, 1].map((k) => tf.tensor1d(pairs.map((pair) => pair[k]!))) as [tf.Tensor, tf.Tensor];
      const f: F = (s, t) => {
        const [less, equal] = [tf.less(s!, t!), tf.equal(s!, t!)];
        return [
          tf.maximum(s!, t!),
          tf.minimum(s!, t!),
          tf.cast(tf.notEqual(s!, t!), 'float32'),
          tf.logicalOr(less, equal),
          tf.where(less, s!, t!),
        ];
      };
      const { values, types } = jitted(f, a, b);
      expect(types).toEqual(['float32', 'float32', 'float32', 'bool', 'float32']);
      const expected = [
        pairs.map(([s, t]) => Math.max(s, t)),
        pairs.map(([s, t]) => Math.min(s, t)),
        pairs.map(([s, t]) => Number(s !== t)),
        pairs.map(([s, t]) => Number(s <= t)),
        pairs.map(([s, t]) => (s < t ? s : t)),
      ];
      expected.forEach((list, i) => expectClose(values[i]!, list));
    }));

  it('takes constants of any value without a buffer', () =>
    tf.tidy(() => {
      const x = tf.tensor1d([0, 1, -1]);
      const constants = [NaN, Infinity, -Infinity, -0, 1e-40, 3.4e38, 0.1];
      const f: F = (t) => constants.map((c) => tf.add(tf.mul(t!, 0.5), tf.scalar(c)));
      const { values } = jitted(f, x);
      constants.forEach((c, i) => expectClose(values[i]!, [c, 0.5 + c, c - 0.5]));
      // Seven outputs and one input are as many buffers as there may be.
      expect(jitted(f, x).dispatches).toBe(1);
      expect(jitted((t) => tf.div(1, tf.mul(t!, tf.scalar(-0))), x).values[0]).toEqual([
        -Infinity,
        -Infinity,
        Infinity,
      ]);
    }));

  it('reads truths, and numbers that are held as integers', () =>
    tf.tidy(() => {
      const [whole, truth] = [tf.tensor1d([3, 0, -2], 'int32'), tf.tensor1d([1, 0, 1], 'bool')];
      const f: F = (n, t) => [
        tf.mul(tf.add(tf.cast(n!, 'float32'), 0.5), tf.cast(t!, 'float32')),
        tf.logicalAnd(t!, tf.logicalNot(tf.greater(tf.cast(n!, 'float32'), 0))),
      ];
      const { values, types } = jitted(f, whole, truth);
      expect(types).toEqual(['float32', 'bool']);
      expect(values).toEqual([
        [3.5, 0, -1.5],
        [0, 0, 1],
      ]);
      // The same program on a buffer of floats.
      const g = jit((t: tf.Tensor) => tf.add(tf.mul(t, 2), 1));
      expect(Array.from(g(tf.cast(whole, 'float32')).dataSync())).toEqual([7, 1, -3]);
      expect(Array.from(g(tf.tensor1d([0.5, 1, 2])).dataSync())).toEqual([2, 3, 5]);
      expect(Array.from(g(tf.cast(whole, 'float32')).dataSync())).toEqual([7, 1, -3]);
      g.dispose();
    }));

  it('broadcasts along any axes, of any rank', () => {
    const shapes = fc.array(fc.constantFrom(1, 2, 3), { maxLength: 4 }).chain((shape) => {
      const part = fc
        .tuple(fc.nat(shape.length), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
        .map(([drop, ones]) => shape.map((n, i) => (ones[i] ? 1 : n)).slice(drop));
      return fc.tuple(part, part, part);
    });
    fc.assert(
      fc.property(shapes, (given) =>
        tf.tidy(() => {
          const xs = given.map((shape, k) => {
            const values = Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) =>
              Math.sin(3 * i + k),
            );
            return tf.tensor(values, shape);
          });
          const f: F = (a, b, c) => [
            tf.mul(tf.add(a!, b!), tf.sub(c!, 0.5)),
            tf.cast(tf.less(tf.mul(a!, c!), b!), 'float32'),
          ];
          const expected = f(...xs) as tf.Tensor[];
          jitted(f, ...xs).values.forEach((found, i) =>
            expectClose(found, Array.from(expected[i]!.dataSync())),
          );
        }),
      ),
      { numRuns: 12 },
    );
  });

  it('of nothing gives nothing', () =>
    tf.tidy(() => {
      const f: F = (t) => [tf.exp(tf.add(t!, 1)), tf.greater(tf.neg(t!), 0)];
      const { values, types } = jitted(f, tf.zeros([0, 3]));
      expect([values, types]).toEqual([
        [[], []],
        ['float32', 'bool'],
      ]);
    }));

  it('has more elements than one row of workgroups', () =>
    tf.tidy(() => {
      const size = 65536 * 64 + 7;
      const f = jit((t: tf.Tensor) => tf.sub(tf.mul(t, 2), 1));
      const y = f(tf.fill([size], 3));
      f.dispose();
      const ends = tf.concat([tf.slice(y, 0, 2), tf.slice(y, size - 2, 2)]);
      expect(Array.from(ends.dataSync())).toEqual([5, 5, 5, 5]);
      expect(tf.sum(tf.cast(tf.notEqual(y, 5), 'float32')).dataSync()[0]).toBe(0);
    }));
});

describe('loops and their buffers', () => {
  it('are split where they would need more than a shader may have', () =>
    tf.tidy(() => {
      const xs = Array.from({ length: 20 }, (_, i) => tf.fill([5], i + 1));
      const sum: F = (...ts) => ts.reduce((s, t, i) => tf.add(s, tf.mul(t, i)));
      const { values, dispatches } = jitted(sum, ...xs);
      expect(values[0]).toEqual(new Array(5).fill(xs.reduce((s, _, i) => s + (i + 1) * (i || 1), 0)));
      // Seven inputs for the first, six more for each that goes on.
      expect(dispatches).toBe(4);
      const each: F = (...ts) => ts.map((t, i) => tf.sub(tf.square(t), i));
      const many = jitted(each, ...xs);
      expect(many.values.map(([v]) => v)).toEqual(xs.map((_, i) => (i + 1) ** 2 - i));
      expect(many.dispatches).toBe(5);
    }));

  it('make one dispatch of each parameter of Adam', () => {
    const optimizer = adam(0.01);
    type Params = Record<string, tf.Tensor>;
    const loss = (p: Params, x: tf.Tensor): tf.Tensor =>
      tf.mean(tf.square(tf.add(tf.matMul(tf.tanh(tf.matMul(x, p.a!)), p.b!), p.c!)));
    const gradient = (p: Params, x: tf.Tensor): Params => valueAndGrad(loss)(p, x)[1];
    const step = (p: Params, s: unknown, x: tf.Tensor): [Params, unknown] => {
      const [updates, next] = optimizer.update(gradient(p, x), s as never, p);
      return [applyUpdates(p, updates), next];
    };
    const counted = (run: () => unknown): number => {
      run();
      return total(dispatchesOf(() => void run()));
    };
    const [jittedStep, jittedGradient] = [jit(step as never), jit(gradient as never)] as unknown as [
      typeof step & { dispose(): void },
      typeof gradient & { dispose(): void },
    ];
    tf.tidy(() => {
      const p: Params = { a: tf.randomNormal([3, 4]), b: tf.randomNormal([4, 2]), c: tf.zeros([2]) };
      const x = tf.randomNormal([5, 3]);
      const state = optimizer.init(p);
      // One more counts the steps.
      const more = counted(() => jittedStep(p, state, x)) - counted(() => jittedGradient(p, x));
      expect(more).toBeLessThanOrEqual(Object.keys(p).length + 1);
      const [found, expected] = [jittedStep(p, state, x)[0], step(p, state, x)[0]];
      for (const name of Object.keys(p))
        expectClose(Array.from(found[name]!.dataSync()), Array.from(expected[name]!.dataSync()));
    });
    jittedStep.dispose();
    jittedGradient.dispose();
  });

  it('are compiled once for all functions, shapes and constants that differ in nothing else', () =>
    tf.tidy(() => {
      const { pipelineCache } = tf.backend() as unknown as { pipelineCache: object };
      const pipelines = (): number => Object.keys(pipelineCache).filter((key) => / loop /.test(key)).length;
      const run = (shape: number[], c: number): void =>
        void jitted((t) => tf.cos(tf.mul(tf.sin(t!), c)), tf.zeros(shape));
      run([3], 0.25);
      const before = pipelines();
      run([3], 0.25);
      run([2, 5], 0.75);
      expect(pipelines()).toBe(before);
    }));
});
