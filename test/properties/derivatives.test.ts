import { fc, test } from '@fast-check/vitest';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { grad, hvp, jacfwd, jacrev, jvp, linearize, vjp } from '../../src';
import { runs } from '../support/runs';
import { distance, dot, norm, numbers, programs } from './programs';

const seeds = fc.nat(1000);
const often = { numRuns: runs(30) };

describe('random compositions of random kernels', () => {
  test.prop([programs, seeds], often)('<u, J v> = <J^T u, v>', ({ shape, run }, seed) =>
    tf.tidy(() => {
      const [x, v] = [numbers(shape, seed), numbers(shape, seed + 1)];
      const [y, tangent] = jvp(run, [x], [v]);
      const u = numbers(y.shape, seed + 2);
      const [value, pullback] = vjp(run, x);
      const cotangent = pullback(u)[0];
      expect(distance(value, y)).toBe(0);
      expect(cotangent.shape).toEqual(shape);
      const scale = norm(u) * norm(tangent) + norm(cotangent) * norm(v) + 1e-3;
      expect(Math.abs(dot(u, tangent) - dot(cotangent, v))).toBeLessThan(1e-4 * scale);
    }),
  );

  test.prop([programs, seeds, fc.double({ min: -3, max: 3, noNaN: true })], often)(
    'jvp and pullback are linear',
    ({ shape, run }, seed, c) =>
      tf.tidy(() => {
        const [x, v, w] = [numbers(shape, seed), numbers(shape, seed + 1), numbers(shape, seed + 2)];
        const push = (t: tf.Tensor): tf.Tensor => jvp(run, [x], [t])[1];
        const combined = push(tf.add(tf.mul(c, v), w));
        expect(distance(combined, tf.add(tf.mul(c, push(v)), push(w)))).toBeLessThan(1e-4);
        const [y, pullback] = vjp(run, x);
        const [a, b] = [numbers(y.shape, seed + 3), numbers(y.shape, seed + 4)];
        const pull = (ct: tf.Tensor): tf.Tensor => pullback(ct)[0];
        expect(distance(pull(tf.add(tf.mul(c, a), b)), tf.add(tf.mul(c, pull(a)), pull(b)))).toBeLessThan(
          1e-4,
        );
        const [, fJvp] = linearize(run, x);
        expect(distance(fJvp(v), push(v))).toBeLessThan(1e-4);
      }),
  );

  test.prop([programs, seeds], often)('jacfwd = jacrev', ({ shape, run }, seed) =>
    tf.tidy(() => {
      const x = numbers(shape, seed);
      const [forward, reverse] = [jacfwd(run)(x), jacrev(run)(x)] as [tf.Tensor, tf.Tensor];
      expect(forward.shape).toEqual([...run(x).shape, ...shape]);
      expect(distance(forward, reverse)).toBeLessThan(1e-4);
    }),
  );

  test.prop([programs, seeds], often)(
    'second derivatives by four compositions agree, and are symmetric',
    ({ shape, run }, seed) =>
      tf.tidy(() => {
        const loss = (x: tf.Tensor): tf.Tensor => tf.sum(tf.sin(run(x)));
        const [x, v, w] = [numbers(shape, seed), numbers(shape, seed + 1), numbers(shape, seed + 2)];
        const inner = (a: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.sum(tf.mul(a, b));
        const forwardOverReverse = hvp(loss, [x], [v])[0];
        const reverseOverReverse = grad((t: tf.Tensor) => inner(grad(loss)(t), v))(x);
        const reverseOverForward = grad((t: tf.Tensor) => jvp(loss, [t], [v])[1])(x);
        const forwardOverForward = jvp((t: tf.Tensor) => jvp(loss, [t], [v])[1], [x], [w])[1];
        const scale = 1e-3 * Math.max(1, norm(forwardOverReverse));
        expect(distance(reverseOverReverse, forwardOverReverse)).toBeLessThan(scale);
        expect(distance(reverseOverForward, forwardOverReverse)).toBeLessThan(scale);
        expect(Math.abs(dot(forwardOverReverse, w) - forwardOverForward.dataSync()[0]!)).toBeLessThan(
          10 * scale,
        );
        expect(Math.abs(dot(hvp(loss, [x], [w])[0], v) - dot(forwardOverReverse, w))).toBeLessThan(
          10 * scale,
        );
      }),
  );
});
