import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, jit, jvp, tree, vmap } from '../../src';
import { onePass, type Elementwise } from '../../src/core/onePass';
import { adam, applyUpdates, chain, scale, scaleByAdam, sgd } from '../../src/optim';

/** Backends on which loops are generated. */
const HAS_LOOPS = ['cpu', 'wasm', 'webgpu'];
const hasLoops = (): boolean => HAS_LOOPS.includes(tf.getBackend());

/** A function with two results, and how often it was called. */
function counted(): { f: Elementwise; calls: () => number } {
  let calls = 0;
  const f: Elementwise = (x, y, a) => {
    calls++;
    return [tf.add(tf.mul(x!, a!), y!), tf.sqrt(tf.maximum(y!, 0.25))];
  };
  return { f, calls: () => calls };
}

const values = (t: tf.Tensor): number[] => Array.from(t.dataSync());

const expectClose = (found: tf.Tensor, expected: number[]): void =>
  values(found).forEach((v, i) =>
    Number.isNaN(expected[i]!) ? expect(v).toBeNaN() : expect(v).toBeCloseTo(expected[i]!, 5),
  );

/** x a + y and sqrt(max(y, 1/4)), as JavaScript computes them. */
const reference = (x: number[], y: number[], a: number): [number[], number[]] => [
  x.map((v, i) => v * a + y[i]!),
  y.map((v) => Math.sqrt(Math.max(v, 0.25))),
];

describe('an elementwise function in one pass', () => {
  it.each([
    ['several leaves', [[3], [2, 3], [1, 1, 5]]],
    ['one element', [[1], [1, 1]]],
    ['a leaf of rank 0', [[]]],
    ['an empty leaf', [[0], [2, 0, 3], [2]]],
    ['many elements', [[1031]]],
  ])('%s', (_, shapes) =>
    tf.tidy(() => {
      const run = onePass(2, counted().f);
      const xs = shapes.map((shape, k) => tf.randomUniform(shape, -1, 1, 'float32', k + 1));
      const ys = shapes.map((shape, k) => tf.randomUniform(shape, -1, 1, 'float32', k + 9));
      for (const a of [0.5, tf.scalar(-3)]) {
        const factor = typeof a === 'number' ? a : a.dataSync()[0]!;
        const results = run([xs, ys], [a]);
        expect(results.map((list) => list.map(({ shape }) => shape))).toEqual([shapes, shapes]);
        shapes.forEach((__, i) => {
          const [first, second] = reference(values(xs[i]!), values(ys[i]!), factor);
          expectClose(results[0]![i]!, first);
          expectClose(results[1]![i]!, second);
        });
      }
    }),
  );

  it('no leaves at all', () => expect(onePass(2, counted().f)([[], []], [1])).toEqual([[], []]));

  it('NaN and infinities', () =>
    tf.tidy(() => {
      const x = [NaN, Infinity, -Infinity, 0, -0];
      const [a, b] = onePass(2, counted().f)([[tf.tensor1d(x)], [tf.tensor1d(x)]], [0.5]).flat();
      const [first, second] = reference(x, x, 0.5);
      expectClose(a!, first);
      expectClose(b!, second);
    }));

  it('operands that no loop takes are what tf makes of them', () =>
    tf.tidy(() => {
      const run = onePass(1, (x, y) => [tf.add(x!, y!)]);
      const [[sum]] = run([[tf.tensor1d([1, 2], 'int32')], [tf.tensor1d([3, 4], 'int32')]]) as [[tf.Tensor]];
      expect([sum.dtype, values(sum)]).toEqual(['int32', [4, 6]]);
      const [[wide]] = run([[tf.tensor2d([[1, 2]])], [tf.tensor2d([[3], [4]])]]) as [[tf.Tensor]];
      expect([wide.shape, values(wide)]).toEqual([
        [2, 2],
        [4, 5, 5, 6],
      ]);
      expect(() => run([[tf.zeros([2])], [tf.zeros([3])]])).toThrow(/broadcast|incompatible/i);
    }));

  it('a step on scalars alone is computed too', () =>
    tf.tidy(() => {
      const run = onePass(1, (x, a) => [tf.mul(x!, tf.exp(a!))]);
      expectClose(run([[tf.tensor1d([1, 2])]], [1])[0]![0]!, [Math.E, 2 * Math.E]);
    }));

  it('is captured once for all shapes and scalars', () =>
    tf.tidy(() => {
      const { f, calls } = counted();
      const run = onePass(2, f);
      const call = (n: number, a: number): unknown => run([[tf.ones([n])], [tf.ones([n])]], [a]);
      call(3, 1);
      const first = calls();
      for (let n = 4; n < 9; n++) call(n, n / 2);
      if (hasLoops()) expect(calls()).toBe(first);
      else expect(calls()).toBe(first + 5);
    }));

  it('holds no tensor', () => {
    const run = onePass(2, counted().f);
    const x = tf.ones([3]);
    const before = tf.memory().numTensors;
    const results = run([[x], [x]], [2]).flat();
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose([x, results]);
  });

  it('is itself under transformations', () =>
    tf.tidy(() => {
      const run = onePass(2, counted().f);
      const first = (x: tf.Tensor, y: tf.Tensor, a: tf.Tensor | number): tf.Tensor =>
        run([[x], [y]], [a])[0]![0]!;
      const [x, y] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([-1, 0.5, 2])];
      const loss = (p: tf.Tensor, a: tf.Tensor): tf.Tensor => tf.sum(tf.square(first(p, y, a)));
      // 2 a (x a + y), and its sum over elements with x in place of a.
      const inner = [1, 4.5, 8];
      expectClose(
        grad(loss)(x, tf.scalar(2)),
        inner.map((v) => 4 * v),
      );
      expectClose(grad(loss, { argnums: 1 })(x, tf.scalar(2)), [2 * (1 + 9 + 24)]);
      expectClose(jvp((p: tf.Tensor) => first(p, y, 2), [x], [tf.onesLike(x)])[1] as tf.Tensor, [2, 2, 2]);
      const batch = tf.stack([x, tf.neg(x)]);
      expectClose(vmap((p: tf.Tensor) => first(p, y, 2))(batch), [1, 4.5, 8, -3, -3.5, -4]);
      const jitted = jit((p: tf.Tensor) => first(p, y, 2));
      expectClose(jitted(x), inner);
      jitted.dispose();
    }));
});

describe('updates of optimizers', () => {
  const params = { w: tf.tidy(() => [0.5, -1, 2]), b: 0.25 };
  const start = (): { w: tf.Tensor; b: tf.Tensor } => ({ w: tf.tensor1d(params.w), b: tf.scalar(params.b) });

  it('are one kernel for all leaves, where loops are generated', async () => {
    const optimizer = adam(0.1);
    const p = start();
    const state = optimizer.init(p);
    const run = (): unknown => tf.tidy(() => applyUpdates(p, optimizer.update(p, state)[0]));
    tree.dispose(run() as never);
    const { kernels, result } = await tf.profile(run as never);
    const names = kernels.map(({ name }) => name);
    tree.dispose([p, state, result] as never);
    // The scalars, the direction with both averages, the learning rate, and the sum; the count is an integer.
    const expected = ['Add', 'TractOnePass', 'TractOnePass', 'TractOnePass', 'TractOnePass'];
    if (hasLoops()) expect(names).toEqual(expected);
    else expect(names).toContain('Sqrt');
  });

  it('are differentiated through: a step on the learning rate and on the start', () =>
    tf.tidy(() => {
      // w' = w - rate w, so that the sum of w'^2 is (1 - rate)^2 w^2.
      const after = (w: tf.Tensor, rate: tf.Tensor): tf.Tensor => {
        const optimizer = sgd(rate);
        const [updates] = optimizer.update(w, optimizer.init(w), w);
        return tf.sum(tf.square(applyUpdates(w, updates) as tf.Tensor));
      };
      const w = tf.tensor1d(params.w);
      expectClose(
        grad(after)(w, tf.scalar(0.5)),
        params.w.map((v) => 0.5 * v),
      );
      expectClose(grad(after, { argnums: 1 })(w, tf.scalar(0.5)), [-params.w.reduce((s, v) => s + v * v, 0)]);
    }));

  it('are mapped over, like one after the other', () =>
    tf.tidy(() => {
      const optimizer = chain(scaleByAdam({ nesterov: true, epsRoot: 1e-3 }), scale(-0.1));
      const step = (g: tf.Tensor): tf.Tensor => optimizer.update(g, optimizer.init(g))[0];
      const rows = tf.tensor2d([params.w, params.w.map((v) => -2 * v)]);
      const each = tf.stack(tf.unstack(rows).map(step));
      expectClose(vmap(step)(rows), values(each));
    }));

  it('refuse what is disposed, by name', () => {
    const p = start();
    const optimizer = sgd(0.1);
    p.w.dispose();
    expect(() => optimizer.update(p, [[]])).toThrow(/chain.update: updates at "w": float32\[3\] is disposed/);
    expect(() => applyUpdates(p, { w: 1, b: 1 })).toThrow(/applyUpdates: params at "w": .* is disposed/);
    p.b.dispose();
  });
});
