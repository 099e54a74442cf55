import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { disableJit, grad, hessian, jacfwd, jacrev, jit, jvp, lax, makeJaxpr, vmap } from '../../src';
import { expectClose } from './support';

const yes = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.mul(tf.sin(x), tf.tanh(tf.mul(w, x)));
const no = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.square(tf.sub(x, tf.exp(w)));
/** By data: the sign of the first operand. */
const chosen = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => lax.cond(tf.greater(x, 0), yes, no, x, w);
const branch = (x: number): typeof yes => (x > 0 ? yes : no);

describe('cond', () => {
  it.each([0.7, -1.2])('is the branch that the data choose, at %d', (at) => {
    tf.tidy(() => {
      const f = branch(at);
      const [x, w] = [tf.scalar(at), tf.scalar(0.4)];
      const one = tf.scalar(1);
      const both = { argnums: [0, 1] } as const;
      expectClose(chosen(x, w), f(x, w));
      expectClose(grad(chosen, both)(x, w), grad(f, both)(x, w));
      expectClose(jvp(chosen, [x, w], [one, one]), jvp(f, [x, w], [one, one]));
      for (const second of [hessian, jacrevOfRev, jacfwdOfFwd])
        expectClose(second(chosen, both)(x, w), hessian(f, both)(x, w), 1e-4);
    });
  });

  it('is one program for both under jit, in value and derivatives', () => {
    const value = jit(chosen);
    const inside = jit(grad(chosen, { argnums: [0, 1] }));
    const twice = jit(hessian(chosen));
    tf.tidy(() => {
      for (const at of [0.7, -1.2, 0.3]) {
        const f = branch(at);
        const [x, w] = [tf.scalar(at), tf.scalar(0.4)];
        expectClose(value(x, w), f(x, w));
        expectClose(inside(x, w), grad(f, { argnums: [0, 1] })(x, w));
        expectClose(grad(value, { argnums: [0, 1] })(x, w), grad(f, { argnums: [0, 1] })(x, w));
        expectClose(twice(x, w), hessian(f)(x, w), 1e-4);
      }
      expect(makeJaxpr(chosen)(tf.scalar(1), tf.scalar(1)).equations.map(({ kernel }) => kernel)).toContain(
        'Cond',
      );
    });
    value.dispose();
    inside.dispose();
    twice.dispose();
  });

  it('selects under a vmap that maps the predicate, and chooses under one that does not', () =>
    tf.tidy(() => {
      const xs = tf.tensor([0.7, -1.2, 0.3]);
      const w = tf.scalar(0.4);
      const each = (f: (x: tf.Tensor, w: tf.Tensor) => tf.Tensor): tf.Tensor =>
        tf.stack(Array.from(xs.dataSync(), (x, i) => (void x, f(tf.squeeze(tf.slice(xs, i, 1)), w))));
      expectClose(vmap(chosen, { inAxes: [0, null] })(xs, w), each(chosen));
      expectClose(
        vmap(grad(chosen, { argnums: 1 }), { inAxes: [0, null] })(xs, w),
        each(grad(chosen, { argnums: 1 })),
      );
      const ws = tf.tensor([0.1, 0.2]);
      for (const at of [1, -1])
        expectClose(
          vmap((v: tf.Tensor) => chosen(tf.scalar(at), v))(ws),
          tf.stack([chosen(tf.scalar(at), tf.scalar(0.1)), chosen(tf.scalar(at), tf.scalar(0.2))]),
        );
      const vectors = vmap((x: tf.Tensor) => lax.cond(tf.less(tf.sum(x), 1), tf.neg, tf.square, x));
      expectClose(
        vectors(
          tf.tensor([
            [0, 0.5],
            [2, 3],
          ]),
        ),
        tf.tensor([
          [-0, -0.5],
          [4, 9],
        ]),
      );
    }));

  it('keeps nothing after second derivatives of a vmap', () =>
    tf.tidy(() => {
      const f = (x: tf.Tensor): tf.Tensor => lax.cond(tf.greater(tf.sum(x), 0), tf.softmax, tf.reverse, x);
      const rows = tf.tensor([
        [0.3, -0.2, 0.5],
        [-0.3, 0.2, -0.5],
      ]);
      const second = (g: typeof f): typeof f => {
        const loss = (x: tf.Tensor): tf.Tensor => tf.sum(tf.square(g(x)));
        return grad((x: tf.Tensor) => tf.sum(tf.square(grad(loss)(x))));
      };
      expectClose(second(vmap(f))(rows), tf.stack(tf.unstack(rows).map(second(f))), 1e-4);
    }));

  it('closes over tracers, and takes trees', () =>
    tf.tidy(() => {
      const f = (w: tf.Tensor, pred: boolean): tf.Tensor =>
        lax.cond(
          pred,
          ({ a }: { a: tf.Tensor }) => ({ y: tf.mul(a, w) }),
          () => ({ y: tf.square(w) }),
          { a: tf.scalar(5) },
        ).y;
      expectClose(grad((w: tf.Tensor) => f(w, true))(tf.scalar(3)), tf.scalar(5));
      expectClose(grad((w: tf.Tensor) => f(w, false))(tf.scalar(3)), tf.scalar(6));
      expectClose(jacfwd((w: tf.Tensor) => f(w, false))(tf.scalar(3)), tf.scalar(6));
    }));

  it('runs one branch alone, eager and jitted', () => {
    const kernel = tf.getKernel('Atan', tf.getBackend())!;
    const { kernelFunc } = kernel;
    let ran = 0;
    kernel.kernelFunc = (call) => (ran++, kernelFunc(call));
    const f = (x: tf.Tensor): tf.Tensor => lax.cond(tf.greater(x, 0), tf.atan, tf.cos, x);
    const jitted = jit(f);
    try {
      tf.tidy(() => {
        const counts = [1, -1].flatMap((x) =>
          [f, jitted].map((g) => {
            ran = 0;
            g(tf.scalar(x));
            return ran;
          }),
        );
        // Where the predicate can't be read at once, both run and the data select.
        expect(counts).toEqual(tf.getBackend() === 'webgpu' ? [1, 1, 1, 1] : [1, 1, 0, 0]);
      });
    } finally {
      kernel.kernelFunc = kernelFunc;
      jitted.dispose();
    }
  });

  it('runs as written under disableJit', () =>
    tf.tidy(() => {
      let ran = '';
      const y = disableJit(() =>
        lax.cond(
          tf.scalar(true, 'bool'),
          (x: tf.Tensor) => ((ran += 'a'), x),
          (x: tf.Tensor) => ((ran += 'b'), x),
          tf.scalar(1),
        ),
      );
      expect([ran, y.dataSync()[0]]).toEqual(['a', 1]);
    }));
});

type Second = typeof hessian;
const jacrevOfRev = ((f: never, options: never) => jacrev(jacrev(f, options), options)) as unknown as Second;
const jacfwdOfFwd = ((f: never, options: never) => jacfwd(jacfwd(f, options), options)) as unknown as Second;

describe('switch', () => {
  const all = [tf.sin, tf.square, (x: tf.Tensor) => tf.mul(x, tf.exp(x))];
  const pick = (i: tf.Tensor, x: tf.Tensor): tf.Tensor =>
    lax.switch(i, all as ((x: tf.Tensor) => tf.Tensor)[], x);

  it('clamps its index', () =>
    tf.tidy(() => {
      const x = tf.scalar(0.6);
      const picked = [-4, 0, 1, 2, 9].map((i) => pick(tf.scalar(i, 'int32'), x).dataSync()[0]!);
      const [a, b, c] = all.map((f) => f(x).dataSync()[0]!);
      expect(picked).toEqual([a, a, b, c, c]);
      expectClose(lax.switch(1, all as never[], x), tf.square(x));
    }));

  it('differentiates and maps', () =>
    tf.tidy(() => {
      const index = tf.tensor([2, 0, 1], [3], 'int32');
      const x = tf.scalar(0.6);
      const each = [2, 0, 1].map((i) => grad(all[i]! as (x: tf.Tensor) => tf.Tensor)(x));
      expectClose(vmap(grad(pick, { argnums: 1 }), { inAxes: [0, null] })(index, x), tf.stack(each));
      const jitted = jit(grad(pick, { argnums: 1 }));
      [2, 0, 1].forEach((i, k) => expectClose(jitted(tf.scalar(i, 'int32'), x), each[k]));
      jitted.dispose();
    }));
});
