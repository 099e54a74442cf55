import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { checkpoint, grad, hessian, hvp, jit, jvp, linearize, valueAndGrad, vjp, vmap } from '../../src';
import { close } from '../support/line';

type F = (x: tf.Tensor) => tf.Tensor;

/** sin with twice the cosine for its gradient, so that it shows whose gradient was taken; made before any transformation. */
const before = tf.customGrad((x, save) => {
  (save as unknown as (tensors: tf.Tensor[]) => void)([x as tf.Tensor]);
  return {
    value: tf.sin(x as tf.Tensor),
    gradFunc: (dy: tf.Tensor, [saved]: tf.Tensor[]) => tf.mul(dy, tf.mul(2, tf.cos(saved!))),
  };
}) as unknown as F;

/** The same, made anew at each call. */
const inside: F = (x) =>
  tf.customGrad((t) => ({
    value: tf.sin(t as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => tf.mul(dy, tf.mul(2, tf.cos(t as tf.Tensor))),
  }))(x);

const [first, second] = [2 * Math.cos(3), -2 * Math.sin(3)];

describe.each([
  ['before', before],
  ['inside', inside],
])('a function made by tf.customGrad %s', (_, f) => {
  const jitted = <T>(g: F, body: (h: F) => T): T => {
    const h = jit(g);
    try {
      return body(h);
    } finally {
      h.dispose();
    }
  };
  const cases: [name: string, run: (x: tf.Tensor) => unknown, expected: unknown][] = [
    ['its value', (x) => f(x), Math.sin(3)],
    ['grad', (x) => grad(f)(x), first],
    [
      'grad of an expression',
      (x) => grad((t: tf.Tensor) => tf.square(f(tf.mul(1, t))))(x),
      2 * Math.sin(3) * first,
    ],
    ['vjp', (x) => vjp(f, x)[1](1), [first]],
    ['jvp', (x) => jvp(f, [x], [tf.scalar(1)]), [Math.sin(3), first]],
    ['linearize', (x) => linearize(f, x)[1](1), first],
    ['vmap', (x) => vmap(f)(tf.stack([x, x])), [Math.sin(3), Math.sin(3)]],
    ['vmap of grad', (x) => vmap(grad(f))(tf.stack([x, x])), [first, first]],
    ['grad of vmap', (x) => grad((t: tf.Tensor) => tf.sum(vmap(f)(t)))(tf.stack([x, x])), [first, first]],
    ['jit', (x) => jitted(f, (g) => g(x)), Math.sin(3)],
    ['grad of jit', (x) => jitted(f, (g) => grad(g)(x)), first],
    ['jit of grad', (x) => jitted(grad(f), (g) => g(x)), first],
    ['jvp of jit', (x) => jitted(f, (g) => jvp(g, [x], [tf.scalar(1)])[1]), first],
    ['vmap of jit of grad', (x) => jitted(grad(f), (g) => vmap(g)(tf.stack([x, x]))), [first, first]],
    ['checkpoint', (x) => grad(checkpoint(f))(x), first],
    ['grad of grad', (x) => grad((t: tf.Tensor) => grad(f)(t))(x), second],
    ['jvp of grad', (x) => jvp(grad(f), [x], [tf.scalar(1)])[1], second],
    ['grad of jvp', (x) => grad((t: tf.Tensor) => jvp(f, [t], [tf.scalar(1)])[1])(x), second],
    [
      'jvp of jvp',
      (x) => jvp((t: tf.Tensor) => jvp(f, [t], [tf.scalar(1)])[1], [x], [tf.scalar(1)])[1],
      second,
    ],
    ['hessian', (x) => hessian(f)(x), second],
    ['hvp', (x) => hvp(f, [x], [1 as never]), [second]],
    [
      'jit of grad of grad',
      (x) =>
        jitted(
          grad((t: tf.Tensor) => grad(f)(t)),
          (g) => g(x),
        ),
      second,
    ],
    ['tf.grad', (x) => tf.grad(f)(x), first],
    ['tf.grad inside grad', (x) => grad((t: tf.Tensor) => tf.grad(f)(t))(x), second],
    ['grad inside tf.grad', (x) => tf.grad((t) => grad(f)(t))(x), second],
  ];
  it.each(cases)('%s', (_name, run, expected) => tf.tidy(() => close(run(tf.scalar(3)), expected, 1e-5)));
});

describe('chained methods', () => {
  const chained: F = (x) => x.mul(2).add(1).square().sum().sqrt().sub(x.mean()).reshape([]);
  const plain: F = (x) =>
    tf.reshape(tf.sub(tf.sqrt(tf.sum(tf.square(tf.add(tf.mul(x, 2), 1)))), tf.mean(x)), []);
  const x = (): tf.Tensor => tf.tensor1d([0.3, -1, 2]);
  const values = (t: unknown): unknown => (t as tf.Tensor).arraySync();
  it('work on tracers of every transformation', () =>
    tf.tidy(() => {
      close(grad(chained)(x()), values(grad(plain)(x())));
      close(jvp(chained, [x()], [x()])[1], values(jvp(plain, [x()], [x()])[1]));
      close(hessian(chained)(x()), values(hessian(plain)(x())), 1e-4);
      const rows = tf.stack([x(), tf.neg(x())]);
      close(vmap(chained)(rows), values(vmap(plain)(rows)));
      const g = jit(grad(chained));
      close(g(x()), values(grad(plain)(x())));
      g.dispose();
    }));
  it('and on what they return, with where, matMul, gather and casts', () =>
    tf.tidy(() => {
      const f: F = (t) =>
        t
          .reshape([1, 3])
          .matMul(t.reshape([3, 1]))
          .squeeze()
          .add(t.gather(tf.tensor1d([0, 0], 'int32')).sum())
          .toFloat();
      close(grad(f)(x()), [0.6 + 2, -2, 4]);
      close(grad((t: tf.Tensor) => t.where(t.greater(0), t.square()).sum())(x()), [1, -2, 1]);
    }));
});

describe('native transformations inside and outside', () => {
  const cube: F = (x) => tf.sum(tf.mul(x, tf.mul(x, x)));

  it('tf.valueAndGrad, tf.grads and tf.variableGrads in the body', () =>
    tf.tidy(() => {
      const x = tf.tensor1d([1, 2]);
      const squaredSlope: F = (t) => tf.sum(tf.square(tf.valueAndGrad(cube)(t).grad));
      close(grad(squaredSlope)(x), [36, 288]);
      const both: F = (t) => {
        const [a, b] = tf.grads((u: tf.Tensor, v: tf.Tensor) => tf.sum(tf.mul(tf.square(u), v)))([
          t,
          tf.clone(t),
        ]);
        return tf.sum(tf.add(a!, b!));
      };
      // 2 t^2 + t^2, so 6 t.
      close(grad(both)(x), [6, 12]);
      const w = tf.variable(tf.scalar(2));
      const ofVariable: F = (t) =>
        tf.variableGrads(() => tf.sum(tf.mul(tf.square(w), tf.square(t))) as tf.Scalar, [w]).grads[w.name]!;
      // d/dw = 2 w t^2; its gradient in t is 4 w t.
      close(grad(ofVariable)(x), [8, 16]);
      w.dispose();
    }));

  it('a loss with a transformation in it under tf.grad and tf.variableGrads', () =>
    tf.tidy(() => {
      const x = tf.tensor1d([1, 2]);
      close(tf.grad((t) => tf.sum(tf.square(grad(cube)(t))))(x), [36, 288]);
      close(tf.grad((t) => tf.sum(jvp(cube, [t], [tf.ones([2])])[1]))(x), [6, 12]);
      close(tf.grad((t) => tf.sum(vmap((v: tf.Tensor) => tf.mul(v, v))(t)))(x), [2, 4]);
      const w = tf.variable(tf.scalar(2));
      const { value, grads } = tf.variableGrads(
        () => tf.sum(grad((t: tf.Tensor) => tf.sum(tf.mul(tf.square(w), tf.square(t))))(x)) as tf.Scalar,
        [w],
      );
      // sum 2 w^2 t, d/dw = 4 w sum t
      close([value, grads[w.name]], [24, 24]);
      w.dispose();
    }));

  it('an optimizer of tfjs takes our gradients', () =>
    tf.tidy(() => {
      const w = tf.variable(tf.tensor1d([1, -2]));
      const step = valueAndGrad((v: tf.Tensor) => tf.sum(tf.square(v)));
      const [, g] = step(w);
      const sgd = tf.train.sgd(0.25);
      sgd.applyGradients({ [w.name]: g });
      sgd.dispose();
      close(w, [0.5, -1]);
      w.dispose();
    }));

  it('variables are read where they stand, and assigned between calls', () =>
    tf.tidy(() => {
      const w = tf.variable(tf.scalar(2));
      const loss: F = (x) => tf.mul(w, tf.square(x));
      const compiled = jit(grad(loss));
      close([grad(loss)(tf.scalar(3)), compiled(tf.scalar(3))], [12, 12]);
      w.assign(tf.scalar(5));
      close([grad(loss)(tf.scalar(3)), compiled(tf.scalar(3))], [30, 30]);
      compiled.dispose();
      w.dispose();
    }));

  it('tf.grad of a jitted function that ran before', () => {
    const g = jit((x: tf.Tensor) => cube(x));
    tf.tidy(() => {
      const x = tf.scalar(0.5);
      const [, value] = [g(x), g(x)];
      close(tf.grad(g)(x), grad(cube)(x).arraySync());
      close(g(x), value!.arraySync());
    });
    g.dispose();
  });
});

describe('tf.tidy, tf.keep, tf.memory and tf.profile', () => {
  const loss: F = (x) => tf.sum(tf.square(tf.tanh(x)));

  it('results belong to the scope of the caller; nothing else is left', () => {
    const x = tf.tensor1d([1, 2]);
    const start = tf.memory().numTensors;
    const g = grad(loss)(x);
    expect(tf.memory().numTensors).toBe(start + 1);
    g.dispose();
    tf.tidy(() => void grad(loss)(x));
    expect(tf.memory().numTensors).toBe(start);
    const kept = tf.tidy(() => tf.keep(grad(loss)(x)));
    expect(tf.memory().numTensors).toBe(start + 1);
    tf.dispose([kept, x]);
  });

  it('a tidy in the body, and what it returns', () =>
    tf.tidy(() => {
      const x = tf.tensor1d([1, 2]);
      const tidied: F = (t) =>
        tf.tidy(() =>
          tf.sum(
            tf.mul(
              tf.tidy(() => tf.exp(t)),
              t,
            ),
          ),
        );
      close(grad(tidied)(x), [2 * Math.E, 3 * Math.E ** 2]);
      close(hessian(tidied)(x), [
        [3 * Math.E, 0],
        [0, 4 * Math.E ** 2],
      ]);
    }));

  it('tf.memory in the body counts plain tensors', () =>
    tf.tidy(() => {
      const counts: number[] = [];
      grad((t: tf.Tensor) => {
        counts.push(tf.memory().numTensors);
        const y = tf.exp(t);
        counts.push(tf.memory().numTensors);
        return tf.sum(y);
      })(tf.tensor1d([1, 2]));
      expect(counts[1]! - counts[0]!).toBeGreaterThan(0);
    }));

  it('tf.profile sees the kernels', async () => {
    const x = tf.tensor1d([1, 2]);
    const info = await tf.profile(() => grad(loss)(x));
    const kernels = info.kernels.map(({ name }) => name);
    expect(kernels).toContain('Tanh');
    expect(info.newTensors).toBe(1);
    tf.dispose([x, info.result as tf.Tensor]);
  });

  it('the debug mode of tfjs sees the kernels, as soon as their values are read', async () => {
    const lines: string[] = [];
    const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line));
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    tf.env().set('DEBUG', true);
    try {
      tf.tidy(() => void grad(loss)(tf.tensor1d([1, 2])));
      await vi.waitFor(() => expect(lines.some((line) => line.includes('Tanh'))).toBe(true));
    } finally {
      tf.env().set('DEBUG', false);
      log.mockRestore();
      warn.mockRestore();
    }
  });

  it('outside of a transformation the engine is untouched', () => {
    for (const method of ['runKernel', 'runKernelFunc'])
      expect(Object.hasOwn(tf.engine(), method)).toBe(false);
    const registered = tf.getKernelsForBackend('cpu').length;
    tf.tidy(() => void grad(loss)(tf.scalar(1)));
    expect(tf.getKernelsForBackend('cpu').length).toBe(registered);
  });
});
