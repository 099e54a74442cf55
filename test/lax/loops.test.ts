import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { disableJit, grad, jacfwd, jit, jvp, lax, vmap } from '../../src';
import { throws } from '../support/line';
import { expectClose } from './support';

/** Newton's method for the square root of a, until a step is small. */
const root = (a: tf.Tensor): tf.Tensor =>
  lax.whileLoop(
    ({ x, before }: { x: tf.Tensor; before: tf.Tensor }) => tf.greater(tf.abs(tf.sub(x, before)), 1e-4),
    ({ x }) => ({ x: tf.mul(0.5, tf.add(x, tf.div(a, x))), before: x }),
    { x: tf.add(a, 1), before: tf.zerosLike(a) },
  ).x;
/** The number of halvings until below one: a whole number, which depends on data. */
const halvings = (a: tf.Tensor): tf.Tensor =>
  lax.whileLoop(
    (c: { n: tf.Tensor; x: tf.Tensor }) => tf.greaterEqual(c.x, 1),
    ({ n, x }) => ({ n: tf.add(n, tf.scalar(1, 'int32')), x: tf.mul(x, 0.5) }),
    { n: tf.scalar(0, 'int32'), x: a },
  ).n;

/** Where values can't be read at once, a loop can't ask whether to go on. */
const reads = tf.getBackend() !== 'webgpu';

const whileLoopRefused = (): void => {
  const nine = (): tf.Tensor => tf.scalar(9);
  const up = (n: tf.Tensor): tf.Tensor => lax.foriLoop(0, n, (_, s: tf.Tensor) => tf.add(s, 1), tf.scalar(0));
  const calls: Record<string, () => unknown> = {
    eagerly: () => root(nine()),
    'under jit': () => {
      const jitted = jit(root);
      try {
        jitted(nine());
      } finally {
        jitted.dispose();
      }
    },
    'in forward mode': () => jvp(root, [nine()], [nine()]),
    'under vmap': () => vmap(halvings)(tf.tensor([1, 7])),
    'as foriLoop up to a tensor': () => up(tf.scalar(3, 'int32')),
  };
  it.each(Object.entries(calls))('is refused by name %s', (_, call) =>
    throws(
      () => tf.tidy(() => void call()),
      Error,
      `lax.`,
      `the backend ${tf.getBackend()} can't read the condition while a loop runs`,
      'Use lax.foriLoop or lax.scan with a fixed number of steps',
    ),
  );
  it('refuses reverse mode by its own name', () =>
    tf.tidy(
      () => void expect(() => grad(root)(nine())).toThrow(/reverse-mode differentiation does not work/),
    ));
};

const whileLoop = (): void => {
  it('runs as long as the data say, also under jit', () => {
    const jitted = [jit(root), jit(halvings)];
    tf.tidy(() => {
      for (const a of [2, 9, 0.25]) {
        expectClose(root(tf.scalar(a)), tf.scalar(Math.sqrt(a)), 1e-4);
        expectClose(jitted[0]!(tf.scalar(a)), tf.scalar(Math.sqrt(a)), 1e-4);
      }
      expect([1, 7, 8, 0.5].map((a) => halvings(tf.scalar(a)).dataSync()[0])).toEqual([1, 3, 4, 0]);
      expect([1, 7, 8, 0.5].map((a) => jitted[1]!(tf.scalar(a)).dataSync()[0])).toEqual([1, 3, 4, 0]);
    });
    jitted.forEach((f) => f.dispose());
  });

  it('differentiates in forward mode', () => {
    const jitted = jit(jacfwd(root));
    tf.tidy(() => {
      expectClose(jvp(root, [tf.scalar(9)], [tf.scalar(1)])[1], tf.scalar(1 / 6), 1e-3);
      expectClose(jacfwd(root)(tf.scalar(9)), tf.scalar(1 / 6), 1e-3);
      expectClose(jitted(tf.scalar(9)), tf.scalar(1 / 6), 1e-3);
      expectClose(jacfwd(jacfwd(root))(tf.scalar(9)), tf.scalar(-0.25 / 27), 2e-3);
      // The condition moves too.
      const scaled = (s: tf.Tensor): tf.Tensor =>
        lax.whileLoop(
          (x: tf.Tensor) => tf.less(x, tf.mul(s, 10)),
          (x) => tf.mul(x, s),
          tf.scalar(1),
        );
      expectClose(jvp(scaled, [tf.scalar(3)], [tf.scalar(1)]), [tf.scalar(81), tf.scalar(4 * 27)]);
    });
    jitted.dispose();
  });

  it('under vmap runs until every example is done, and each keeps its own result', () => {
    const jitted = jit(vmap(halvings));
    tf.tidy(() => {
      const a = tf.tensor([1, 7, 8, 0.5]);
      expect(Array.from(vmap(halvings)(a).dataSync())).toEqual([1, 3, 4, 0]);
      expect(Array.from(jitted(a).dataSync())).toEqual([1, 3, 4, 0]);
      expectClose(vmap(root)(tf.tensor([2, 9, 0.25])), tf.sqrt(tf.tensor([2, 9, 0.25])), 1e-4);
      // A condition that all examples share.
      const powers = (x: tf.Tensor): tf.Tensor =>
        lax.whileLoop(
          ({ i }: { i: tf.Tensor; y: tf.Tensor }) => tf.less(i, 3),
          ({ i, y }) => ({ i: tf.add(i, 1), y: tf.mul(y, x) }),
          { i: tf.scalar(0), y: tf.scalar(1) },
        ).y;
      expectClose(vmap(powers)(tf.tensor([1, 2, 3])), tf.tensor([1, 8, 27]));
      expectClose(
        vmap(vmap(powers))(
          tf.tensor([
            [1, 2],
            [3, 4],
          ]),
        ),
        tf.tensor([
          [1, 8],
          [27, 64],
        ]),
      );
      expectClose(vmap(jacfwd(root))(tf.tensor([1, 9])), tf.tensor([0.5, 1 / 6]), 1e-3);
    });
    jitted.dispose();
  });

  it('refuses reverse mode by name, but lets whole numbers pass', () =>
    tf.tidy(() => {
      const newton = (x: tf.Tensor): tf.Tensor => tf.mul(x, 0.5);
      expect(() =>
        grad((x: tf.Tensor) => lax.whileLoop((y: tf.Tensor) => tf.greater(y, 1), newton, x))(tf.scalar(8)),
      ).toThrow(
        /lax\.whileLoop\(newton\): reverse-mode differentiation does not work.*lax\.scan.*lax\.foriLoop/s,
      );
      const f = (x: tf.Tensor): tf.Tensor => tf.mul(x, tf.cast(halvings(tf.scalar(8)), 'float32'));
      expectClose(grad(f)(tf.scalar(2)), tf.scalar(4));
    }));

  it('runs as written under disableJit', () =>
    tf.tidy(() => {
      let steps = 0;
      disableJit(() =>
        lax.whileLoop(
          (x: tf.Tensor) => x.dataSync()[0]! < 10,
          (x) => (steps++, tf.mul(x, 2)),
          tf.scalar(1),
        ),
      );
      expect(steps).toBe(4);
    }));
};

if (reads) describe('whileLoop', whileLoop);
else describe('whileLoop, where its condition can not be read', whileLoopRefused);

describe('foriLoop', () => {
  const power = (x: tf.Tensor): tf.Tensor =>
    lax.foriLoop(
      1,
      5,
      (i: tf.Tensor, y: tf.Tensor) => tf.mul(y, tf.mul(x, tf.cast(i, 'float32'))),
      tf.scalar(1),
    );

  it('with numbers for bounds differentiates in both modes', () => {
    const jitted = jit(grad(power));
    tf.tidy(() => {
      const x = tf.scalar(0.5);
      expectClose(power(x), tf.scalar(24 * 0.5 ** 4));
      expectClose(grad(power)(x), tf.scalar(96 * 0.5 ** 3));
      expectClose(jitted(x), tf.scalar(96 * 0.5 ** 3));
      expectClose(jacfwd(power)(x), tf.scalar(96 * 0.5 ** 3));
      expectClose(vmap(power)(tf.tensor([1, 2])), tf.tensor([24, 384]));
      expectClose(
        lax.foriLoop(3, 1, (_, y: tf.Tensor) => tf.mul(y, 2), x),
        x,
      );
    });
    jitted.dispose();
  });

  const withTensors = (): void => {
    const sum = (n: tf.Tensor): tf.Tensor =>
      lax.foriLoop(0, n, (i: tf.Tensor, s: tf.Tensor) => tf.add(s, tf.cast(i, 'float32')), tf.scalar(0));
    const jitted = jit(sum);
    tf.tidy(() => {
      for (const n of [0, 3, 5]) {
        expectClose(sum(tf.scalar(n, 'int32')), tf.scalar((n * (n - 1)) / 2));
        expectClose(jitted(tf.scalar(n, 'int32')), tf.scalar((n * (n - 1)) / 2));
      }
      expectClose(vmap(sum)(tf.tensor([0, 3, 5], [3], 'int32')), tf.tensor([0, 3, 10]));
    });
    jitted.dispose();
  };
  if (reads) it('with tensors for bounds runs as data say', withTensors);
});

describe('map', () => {
  it('is vmap in steps', () =>
    tf.tidy(() => {
      const f = (x: { a: tf.Tensor }): [tf.Tensor, tf.Tensor] => [tf.sum(tf.sin(x.a)), tf.square(x.a)];
      const xs = {
        a: tf.tensor([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
      };
      expectClose(lax.map(f, xs), vmap(f)(xs));
      const total =
        (g: (h: typeof f, x: typeof xs) => [tf.Tensor, tf.Tensor]) =>
        (a: tf.Tensor): tf.Tensor =>
          tf.sum(g(f, { a })[0]);
      expectClose(grad(total(lax.map))(xs.a), grad(total((h, x) => vmap(h)(x)))(xs.a));
    }));
});
