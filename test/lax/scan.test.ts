import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  lax,
  makeJaxpr,
  tree,
  valueAndGrad,
  vmap,
  vjp,
} from '../../src';
import { expectClose } from './support';

type P = { w: tf.Tensor; b: tf.Tensor };

/** A recurrent cell: h' = tanh(h w + x + b); y = h'^2. */
const cell = (p: P, h: tf.Tensor, x: tf.Tensor): readonly [tf.Tensor, tf.Tensor] => {
  const next = tf.tanh(tf.add(tf.add(tf.squeeze(tf.matMul(tf.expandDims(h, 0), p.w), [0]), x), p.b));
  return [next, tf.square(next)];
};
const scanned =
  (reverse = false) =>
  (p: P, h: tf.Tensor, xs: tf.Tensor): [tf.Tensor, tf.Tensor] =>
    lax.scan((c: tf.Tensor, x: tf.Tensor) => cell(p, c, x), h, xs, { reverse });
/** The same, written out. */
const unrolled =
  (reverse = false) =>
  (p: P, h: tf.Tensor, xs: tf.Tensor): [tf.Tensor, tf.Tensor] => {
    const rows = tf.unstack(xs);
    const ys: tf.Tensor[] = [];
    let c = h;
    for (let t = 0; t < rows.length; t++) {
      const at = reverse ? rows.length - 1 - t : t;
      const [next, y] = cell(p, c, rows[at]!);
      ys[at] = y;
      c = next;
    }
    return [c, tf.stack(ys)];
  };
const given = (): [P, tf.Tensor, tf.Tensor] => [
  {
    w: tf.tensor([
      [0.3, -0.2, 0.5],
      [0.1, 0.4, -0.6],
      [-0.7, 0.2, 0.25],
    ]),
    b: tf.tensor([0.1, -0.3, 0.2]),
  },
  tf.tensor([0.2, -0.1, 0.4]),
  tf.tensor([
    [1, 0.5, -0.5],
    [0.2, -1, 0.3],
    [0.6, 0.1, 0.9],
    [-0.4, 0.8, -0.2],
  ]),
];
type F = (p: P, h: tf.Tensor, xs: tf.Tensor) => [tf.Tensor, tf.Tensor];
const loss =
  (f: F) =>
  (p: P, h: tf.Tensor, xs: tf.Tensor): tf.Tensor => {
    const [c, ys] = f(p, h, xs);
    return tf.add(tf.sum(tf.mul(c, [1, 2, -1])), tf.sum(tf.mul(ys, ys)));
  };

describe.each([false, true])('scan, reverse %s, is the loop written out', (reverse) => {
  const [a, b] = [scanned(reverse), unrolled(reverse)] as [F, F];

  it('in value', () => tf.tidy(() => expectClose(a(...given()), b(...given()))));
  it('in value under jit, which does not unroll', () =>
    tf.tidy(() => {
      const jitted = jit(a);
      expectClose(jitted(...given()), b(...given()));
      expectClose(jitted(...given()), b(...given()));
      jitted.dispose();
      const kernels = makeJaxpr(a)(...given()).equations.map(({ kernel }) => kernel);
      expect(kernels).toEqual(['Scan']);
    }));
  it('in reverse mode', () =>
    tf.tidy(() => {
      for (const argnums of [0, 1, 2])
        expectClose(grad(loss(a), { argnums })(...given()), grad(loss(b), { argnums })(...given()));
    }));
  it('in reverse mode under jit', () =>
    tf.tidy(() => {
      const g = jit(valueAndGrad(loss(a), { argnums: [0, 1, 2] }));
      const inner = jit(loss(a));
      const h = valueAndGrad(inner, { argnums: [0, 1, 2] });
      const expected = valueAndGrad(loss(b), { argnums: [0, 1, 2] })(...given());
      for (let i = 0; i < 2; i++) {
        expectClose(g(...given()), expected);
        expectClose(h(...given()), expected);
      }
      g.dispose();
      inner.dispose();
    }));
  it('in forward mode', () =>
    tf.tidy(() => {
      const tangents = tree.map((t: tf.Tensor) => tf.add(tf.mul(t, 0.3), 0.1), given()) as never;
      expectClose(jvp(a, given(), tangents), jvp(b, given(), tangents));
      const jitted = jit((...x: Parameters<F>) => jvp(a, x, tangents));
      expectClose(jitted(...given()), jvp(b, given(), tangents));
      jitted.dispose();
    }));
  it('at second order, in all compositions', () =>
    tf.tidy(() => {
      const at =
        (f: F) =>
        (h: tf.Tensor): tf.Tensor =>
          loss(f)(given()[0], h, given()[2]);
      const h = given()[1];
      const expected = hessian(at(b))(h);
      expectClose(jacfwd(jacrev(at(a)))(h), expected, 1e-4);
      expectClose(jacrev(jacrev(at(a)))(h), expected, 1e-4);
      expectClose(jacrev(jacfwd(at(a)))(h), expected, 1e-4);
      expectClose(jacfwd(jacfwd(at(a)))(h), expected, 1e-4);
      const jitted = jit(hessian(at(a)));
      expectClose(jitted(h), expected, 1e-4);
      jitted.dispose();
    }));
  it('under vmap of any inputs', () =>
    tf.tidy(() => {
      const [p, h, xs] = given();
      const many = (t: tf.Tensor): tf.Tensor => tf.stack([t, tf.mul(t, 0.5), tf.neg(t)]);
      for (const [inAxes, args] of [
        [
          [0, null, null],
          [tree.map(many, p), h, xs],
        ],
        [
          [null, 0, null],
          [p, many(h), xs],
        ],
        [
          [null, null, 0],
          [p, h, many(xs)],
        ],
        [
          [0, 0, 0],
          [tree.map(many, p), many(h), many(xs)],
        ],
      ] as [[number | null, number | null, number | null], [P, tf.Tensor, tf.Tensor]][]) {
        expectClose(vmap(a, { inAxes })(...args), vmap(b, { inAxes })(...args));
        expectClose(vmap(grad(loss(a)), { inAxes })(...args), vmap(grad(loss(b)), { inAxes })(...args));
        const jitted = jit(vmap(grad(loss(a)), { inAxes }));
        expectClose(jitted(...args), vmap(grad(loss(b)), { inAxes })(...args));
        jitted.dispose();
      }
      const over =
        (f: F) =>
        (q: P): tf.Tensor =>
          tf.sum(vmap((x: tf.Tensor) => loss(f)(q, h, x))(many(xs)));
      expectClose(grad(over(a))(p), grad(over(b))(p));
    }));
});

describe('scan', () => {
  it('closes over tracers of transformations around it', () =>
    tf.tidy(() => {
      const f = (w: tf.Tensor): tf.Tensor =>
        lax.scan((c: tf.Tensor) => [tf.mul(c, tf.sin(w)), null], tf.scalar(1), null, { length: 3 })[0];
      const x = tf.scalar(0.7);
      const expected = 3 * Math.sin(0.7) ** 2 * Math.cos(0.7);
      expectClose(grad(f)(x), tf.scalar(expected));
      expectClose(jvp(f, [x], [tf.scalar(1)])[1], tf.scalar(expected));
      expectClose(vmap(f)(tf.tensor([0, 0.7])), tf.tensor([0, Math.sin(0.7) ** 3]));
      const jitted = jit(f);
      expectClose(grad(jitted)(x), tf.scalar(expected));
      jitted.dispose();
      expectClose(grad(grad(f))(x), jvp(grad(f), [x], [tf.scalar(1)])[1]);
    }));

  it('carries trees, numbers, whole numbers and truth values', () =>
    tf.tidy(() => {
      const f = (x: tf.Tensor): unknown =>
        lax.scan(
          (c: { i: tf.Tensor; s: tf.Tensor; odd: tf.Tensor }, { v }: { v: tf.Tensor }) => [
            {
              i: tf.add(c.i, tf.scalar(1, 'int32')),
              s: tf.add(c.s, tf.mul(v, tf.cast(c.i, 'float32'))),
              odd: tf.logicalNot(c.odd),
            },
            [c.i, null],
          ],
          { i: tf.scalar(0, 'int32'), s: 0 as never, odd: tf.scalar(false, 'bool') },
          { v: x },
        );
      const x = tf.tensor([1, 2, 3]);
      const [c, [is]] = f(x) as [Record<string, tf.Tensor>, [tf.Tensor, null]];
      expect([c.i!, c.s!, c.odd!].map((t) => [t.dtype, t.dataSync()[0]])).toEqual([
        ['int32', 3],
        ['float32', 8],
        ['bool', 1],
      ]);
      expect([is.dtype, ...is.dataSync()]).toEqual(['int32', 0, 1, 2]);
      const s = (v: tf.Tensor): tf.Tensor => (f(v) as [Record<string, tf.Tensor>])[0].s!;
      expectClose(grad(s)(x), tf.tensor([0, 1, 2]));
      expectClose(vmap(s)(tf.stack([x, x])), tf.tensor([8, 8]));
    }));

  it('nests', () =>
    tf.tidy(() => {
      const f = (x: tf.Tensor): tf.Tensor =>
        lax.scan(
          (c: tf.Tensor, y: tf.Tensor) => [
            lax.scan((d: tf.Tensor, z: tf.Tensor) => [tf.sin(tf.add(tf.mul(d, z), y)), null], c, x)[0],
            c,
          ],
          tf.scalar(0.5),
          x,
        )[0];
      const g = (x: tf.Tensor): tf.Tensor => {
        let c: tf.Tensor = tf.scalar(0.5);
        for (const y of tf.unstack(x)) for (const z of tf.unstack(x)) c = tf.sin(tf.add(tf.mul(c, z), y));
        return c;
      };
      const x = tf.tensor([0.4, -0.9, 1.3]);
      expectClose(f(x), g(x));
      expectClose(grad(f)(x), grad(g)(x));
      expectClose(hessian(f)(x), hessian(g)(x), 1e-4);
      const jitted = jit(hessian(f));
      expectClose(jitted(x), hessian(g)(x), 1e-4);
      jitted.dispose();
      const many = tf.stack([x, tf.neg(x)]);
      expectClose(vmap(grad(f))(many), vmap(grad(g))(many));
    }));

  it('of no steps hands the carry on', () =>
    tf.tidy(() => {
      const f = (c: tf.Tensor): [tf.Tensor, tf.Tensor] =>
        lax.scan((d: tf.Tensor, x: tf.Tensor) => [tf.mul(d, x), tf.stack([d, x])], c, tf.zeros([0]));
      const [c, ys] = f(tf.scalar(3));
      expect([c.dataSync()[0], ...ys.shape]).toEqual([3, 0, 2]);
      expect(grad((c: tf.Tensor) => f(c)[0])(tf.scalar(3)).dataSync()[0]).toBe(1);
    }));

  it('keeps for the backward pass what each step needs, and nothing else', () =>
    tf.tidy(() => {
      const n = 50;
      const xs = tf.ones([n, 4]);
      const w = tf.fill([4, 4], 0.1);
      const before = tf.memory().numBytes;
      const [, pullback] = vjp(
        (v: tf.Tensor) =>
          lax.scan(
            (c: tf.Tensor, x: tf.Tensor) => [
              tf.tanh(tf.add(tf.squeeze(tf.matMul(tf.expandDims(c, 0), v), [0]), x)),
              null,
            ],
            tf.zeros([4]),
            xs,
          )[0],
        w,
      );
      // tanh needs its output, the product the carry before: two stacks [n, 4], and a few small tensors.
      expect(tf.memory().numBytes - before).toBeLessThan(2 * n * 4 * 4 + 600);
      expect(pullback(tf.ones([4]))[0].shape).toEqual([4, 4]);
    }));
});
