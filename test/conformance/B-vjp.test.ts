import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, vjp, vjpWithAux } from '../../src';
import { close, cube, line, throws } from '../support/line';

type N = tf.Tensor | number;

describe('B. vjp', () => {
  it('26. a pullback is callable often, and its memory comes back with dispose', () => {
    const before = tf.memory().numTensors;
    const [y, pullback] = vjp((x: N) => [tf.square(x), tf.mul(3, x)], 2);
    tf.tidy(() => {
      close(y, [4, 6]);
      close(pullback([1, 0]), [4]);
      close(pullback([0, 1]), [3]);
      close(pullback([1, 1]), [7]);
    });
    tf.dispose(y);
    pullback.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
  line('27. vjpWithAux', () => {
    const [y, pullback, aux] = vjpWithAux((x: N) => [tf.square(x), { c: x }] as const, 3);
    close([y, aux], [9, { c: 3 }]);
    close(pullback(1), [6]);
  });
  line('28. two arguments, and trees on both sides', () => {
    close(vjp((x: N, y: N) => tf.mul(x, y), 3, 4)[1](1), [4, 3]);
    const [, pullback] = vjp((p: { a: N; b: N }) => ({ o: tf.mul(p.a, p.b) }), { a: 2, b: 5 });
    close(pullback({ o: 10 }), [{ a: 50, b: 20 }]);
  });
  line('29. cotangents of another structure, shape or number', () => {
    const x = tf.ones([2, 3]);
    const wide = tf.ones([2, 4]);
    const [, pullback] = vjp((t: tf.Tensor) => tf.square(t), x);
    throws(
      () => pullback([x, x] as never),
      TypeError,
      'unexpected tree structure',
      'a leaf',
      'an array of length 2',
    );
    throws(() => pullback(wide), RangeError, '[2,4]', '[2,3]');
    throws(() => pullback(1), RangeError, '[]', '[2,3]');
    const two = pullback as unknown as (...cts: unknown[]) => unknown;
    throws(() => two(x, x), TypeError, /called with 2 arguments.*single/);
    throws(() => two(), TypeError, 'called with 0 arguments');
  });
});

describe('beyond the list: vjp', () => {
  line('cotangent errors name the key path', () => {
    const half = tf.ones([3]);
    const [, pullback] = vjp((t: tf.Tensor) => ({ a: t, b: [tf.exp(t)] as [tf.Tensor] }), tf.ones([2]));
    const ok = tf.ones([2]);
    throws(() => pullback({ a: ok, b: [half] }), RangeError, '"b/0"', '[3]', '[2]');
    throws(() => pullback({ a: ok } as never), TypeError, 'keys a, b', 'keys a');
    throws(() => pullback({ a: ok, b: ok } as never), TypeError, '"b"');
    const whole = tf.ones([2], 'int32');
    throws(() => pullback({ a: whole, b: [ok] }), TypeError, '"a"', 'int32[2]', 'float32[2]');
  });
  line('a pullback after dispose, and after its tidy scope', () => {
    const x = tf.scalar(2);
    const one = tf.scalar(1);
    const [, pullback] = vjp((t: tf.Tensor) => tf.square(t), x);
    pullback.dispose();
    pullback.dispose();
    throws(() => pullback(one), Error, 'dispose()', 'vjp');
    let escapedPullback!: (ct: tf.Tensor) => unknown;
    tf.tidy(() => void (escapedPullback = vjp((t: tf.Tensor) => tf.square(t), x)[1]));
    throws(() => escapedPullback(one), Error, 'tidy scope');
  });
  line('an unused primal and a constant output', () => {
    const [y, pullback] = vjp(
      (a: tf.Tensor, _: tf.Tensor) => [a, tf.scalar(7)] as const,
      tf.scalar(2),
      tf.ones([2]),
    );
    close(y, [2, 7]);
    close(pullback([1, 5]), [1, [0, 0]]);
  });
  line('an integer output takes part without a derivative', () => {
    const [y, pullback] = vjp(
      (x: tf.Tensor) => ({ top: tf.argMax(x), sum: tf.sum(tf.square(x)) }),
      tf.tensor1d([1, 3, 2]),
    );
    close(y, { top: 1, sum: 14 });
    close(pullback({ top: tf.scalar(0, 'int32'), sum: 1 }), [[2, 6, 4]]);
  });
  line('a pullback may be differentiated in its cotangent and, under an outer grad, in its primals', () => {
    const [, pullback] = vjp(cube, tf.scalar(2));
    close(grad((ct: tf.Tensor) => tf.square(pullback(ct)[0]))(tf.scalar(3)), 2 * 12 * 12 * 3);
    close(grad((x: tf.Tensor) => vjp(cube, x)[1](1)[0])(tf.scalar(2)), 12);
  });
  line('a pullback made inside another transformation is used there', () => {
    const g = (x: tf.Tensor): tf.Tensor => {
      const [y, pullback] = vjp((t: tf.Tensor) => tf.mul(x, cube(t)), x);
      return tf.add(y, pullback(x)[0]);
    };
    // x x^3 + x 3 x x^2 = 4 x^4
    close(grad(g)(tf.scalar(2)), 128);
    close(grad(grad(g))(tf.scalar(2)), 192);
  });
});
