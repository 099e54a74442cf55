import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  checkpoint,
  customJvp,
  customVjp,
  grad,
  hessian,
  jit,
  jvp,
  lax,
  tract,
  valueAndGrad,
  vjp,
  vmap,
} from '../../src';
import { close, values } from '../support/line';

type T = tf.Tensor;
type F = (x: T) => T;
type Wrap = <A extends T[]>(f: (...args: A) => T) => (...args: A) => T;

const asItIs: Wrap = (f) => f;
const inTwo: Wrap = (f) => checkpoint(checkpoint(f));
const x = (): T => tf.tensor1d([0.3, 1.2]);
const v = (): T => tf.tensor1d([0.7, -0.4]);
const cube: F = (t) => tf.mul(t, tf.square(t));

type Mode = (f: F) => unknown;

/** Derivatives of a sum. */
const modes: Record<string, Mode> = {
  'grad of grad': (f) => grad((t: T) => tf.sum(cube(grad(f)(t))))(x()),
  'jvp of grad': (f) => jvp(grad(f), [x()], [v()]),
  'vmap of grad': (f) => vmap(grad(f))(tf.stack([x(), v()])),
};
const more: Record<string, Mode> = {
  grad: (f) => valueAndGrad(f)(x()),
  'grad of jit': (f) => {
    const g = jit(f);
    const found = valueAndGrad(g)(x());
    g.dispose();
    return found;
  },
  'jit of grad of grad': (f) => {
    const g = jit(grad((t: T) => tf.sum(cube(grad(f)(t)))));
    const found = g(x());
    g.dispose();
    return found;
  },
  'grad of grad of grad': (f) =>
    grad((t: T) => tf.sum(cube(grad((u: T) => tf.sum(cube(grad(f)(u))))(t))))(x()),
  hessian: (f) => hessian(f)(x()),
  'grad of vmap': (f) => grad((t: T) => tf.sum(cube(vmap(f)(t))))(tf.stack([x(), v()])),
  'pullback, twice': (f) => {
    const [y, pullback] = vjp(f, x());
    return [y, pullback(2), pullback(3)];
  },
};
const forward: Mode = (f) => grad((t: T) => jvp(f, [t], [v()])[1])(x());

/** Has nothing to do with the sine's own derivative, so that it shows whose was taken. */
const ownVjp = customVjp((t: T) => tf.sin(t), {
  fwd: (t) => [tf.sin(t), t],
  bwd: (t: T, ct: T) => [tf.mul(ct, tf.square(t))],
});
const ownJvp = customJvp((t: T) => tf.sin(t), {
  jvp: ([t]: [T], [dt]: [T]) => [tf.sin(t), tf.mul(dt, tf.square(t))],
});
const ownGrad = tf.customGrad((...[t, save]: any[]) => {
  save([t]);
  return { value: tf.sin(t), gradFunc: (dy: T, [s]: T[]) => tf.mul(dy, tf.square(s!)) };
}) as F;
const jitted = jit(ownVjp);
const chosen: F = (t) => lax.cond(tf.greater(tf.sum(t), 0), ownVjp, (u: T) => tf.cos(u), t);
const loop: F = (t) => lax.scan((s: T, _: null) => [ownVjp(s), null] as const, t, null, { length: 2 })[0];

const inside: Record<string, F> = {
  customVjp: ownVjp,
  customJvp: ownJvp,
  'tf.customGrad': ownGrad,
  'customVjp in jit': jitted,
  'customVjp in lax.cond': chosen,
  'customVjp in lax.scan': loop,
};

/** Leaves nothing, and finds what the same finds without checkpoints. */
function same(find: (wrap: Wrap) => unknown): void {
  const { numTensors } = tf.memory();
  tf.tidy(() => {
    const expected = values(find(asItIs));
    for (const wrap of [checkpoint as Wrap, inTwo]) close(find(wrap), expected, 1e-5);
  });
  expect(tf.memory().numTensors).toBe(numTensors);
}

describe('a given derivative in a checkpoint is differentiated as it is outside of one', () => {
  for (const [name, own] of Object.entries(inside)) {
    it(name, () => {
      // The outputs' own derivative shows in the square.
      const of =
        (wrap: Wrap): F =>
        (t) =>
          tf.sum(tf.square(wrap((u: T) => tf.mul(own(tf.cos(u)), u))(t)));
      for (const mode of Object.values({ ...modes, ...(own === ownVjp && more) }))
        same((wrap) => mode(of(wrap)));
      if (own === ownJvp) same((wrap) => forward(of(wrap)));
      if (own === jitted) jitted.dispose();
    });
  }
});

describe('a checkpointed function closes over', () => {
  const closures: Record<string, (wrap: Wrap) => F> = {
    'its argument': (wrap) => (t) => tf.sum(wrap((u: T) => tf.mul(cube(u), tf.sin(t)))(t)),
    'one tensor, read twice': (wrap) => (t) =>
      tf.sum(wrap((u: T) => tf.mul(tf.sub(t, u), cube(t)))(tf.cos(t))),
    'what depends on its argument, and is gone': (wrap) => (t) =>
      tf.tidy(() => {
        const s = tf.sin(t);
        return tf.sum(wrap((u: T) => tf.mul(cube(u), s.clone()))(t));
      }),
    'a constant that the differentiated function made': (wrap) => (t) => {
      const c = tf.add(tf.ones([2]), 1);
      return tf.sum(tf.tidy(() => wrap((u: T) => tf.mul(cube(u), c.clone()))(t)));
    },
    'what it passes to a function that has no use for it': (wrap) => (t) => {
      const s = tf.sin(t);
      return tf.sum(wrap((u: T) => jit((_: T) => cube(u))(s))(t));
    },
    'what it returns': (wrap) => (t) => {
      const s = tf.sin(t);
      const [a, b] = [wrap((_: T) => s)(t), wrap((u: T) => u)(t)];
      return tf.sum(tf.mul(a, b));
    },
    'what an inner gradient differentiates': (wrap) => (t) =>
      tf.sum(cube(grad((w: T) => tf.sum(wrap((u: T) => tf.sin(tf.mul(u, w)))(t)))(v()))),
    'the same, where its values only choose': (wrap) => (t) =>
      tf.sum(
        grad((w: T) => tf.sum(tf.mul(w, wrap((u: T) => tf.where(tf.greater(w, 0), cube(u), u))(t))))(v()),
      ),
    'what two inner gradients differentiate': (wrap) => (t) =>
      grad((a: T) =>
        tf.sum(
          cube(grad((b: T) => tf.sum(wrap((u: T) => tf.sin(tf.mul(tf.mul(a, b), u)))(t)))(tf.mul(a, v()))),
        ),
      )(tf.scalar(2)) as T,
    'a tangent': (wrap) => (t) =>
      tf.sum(cube(jvp((w: T) => wrap((u: T) => tf.sin(tf.mul(u, w)))(t), [v()], [x()])[1])),
    'one example of a batch': (wrap) => (t) =>
      tf.sum(cube(vmap((w: T) => wrap((u: T) => tf.sin(tf.mul(u, w)))(t))(v()))),
    'what is captured': (wrap) => (t) => {
      const step = (w: T): T => wrap((u: T) => tf.sin(tf.mul(u, w)))(t);
      return tf.sum(cube(lax.map(step, v())));
    },
    'all of these, in a checkpoint of its own': (wrap) => (t) =>
      tf.sum(
        wrap((s: T) => {
          const inner = (w: T): T => tf.sum(wrap((u: T) => tf.sin(tf.mul(tf.mul(u, w), s)))(t));
          return cube(grad(inner)(v()));
        })(tf.cos(t)),
      ),
  };
  for (const [name, of] of Object.entries(closures)) {
    it(name, () => {
      const isFirst = of === closures['its argument'];
      for (const mode of [...Object.values({ ...modes, ...(isFirst && more) }), forward])
        same((wrap) => mode(of(wrap)));
    });
  }

  it('parameters of tract, while data are differentiated', () => {
    const data = (): T => tf.tensor2d([1, 2, 3, 4, -1, 0.5], [3, 2]);
    const w = (): T => tf.tensor2d([0.3, -0.2, 0.1, 0.4], [2, 2]);
    same((wrap) => {
      const loss = (p: T, d: T): T => tf.sum(cube(wrap((e: T) => tf.tanh(tf.matMul(e, p)))(d)));
      const g = grad(tract(loss), { argnums: [0, 1] });
      const byData = (d: T): T => tf.sum(cube(g(w(), d)[0]));
      return [g(w(), data()), grad(byData)(data()), vmap((d: T) => g(w(), d))(tf.stack([data(), data()]))];
    });
  });

  it('a variable that is assigned to before the backward pass', () => {
    const c = tf.tidy(() => tf.variable(tf.scalar(2)));
    tf.tidy(() => {
      const [, pullback] = vjp(
        checkpoint((t: T) => tf.mul(c, t)),
        tf.scalar(3),
      );
      c.assign(tf.scalar(5));
      close(pullback(1), [2]);
    });
    c.dispose();
  });

  it('and fails: the error comes through and leaves nothing', () => {
    const { numTensors } = tf.memory();
    const failing = (w: T, again: boolean) => {
      let runs = 0;
      return (u: T): T => {
        const y = tf.sin(tf.mul(u, w));
        if (again === runs++ > 0) throw new RangeError('from inside');
        return y;
      };
    };
    for (const again of [false, true])
      for (const outer of [grad, (f: F) => (t: T) => jvp(grad(f), [t], [t])])
        expect(() =>
          tf.tidy(() =>
            outer((t: T) => {
              const inner = (w: T): T => tf.sum(checkpoint(failing(w, again))(t));
              return tf.sum(cube(grad(inner)(v())));
            })(x()),
          ),
        ).toThrow(RangeError);
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});
