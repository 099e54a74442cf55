import { fc, test } from '@fast-check/vitest';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, vi, type MockInstance } from 'vitest';
import { checkpoint, grad, jit, jvp, vjp, vmap } from '../../src';
import { runs } from '../support/runs';
import { distance, numbers, programs, type Step } from './programs';

const seeds = fc.nat(1000);
const often = { numRuns: runs(20) };

const jitted: { dispose(): void }[] = [];
const compiled = (f: Step): Step => {
  const g = jit(f);
  jitted.push(g);
  return g;
};
let warn: MockInstance;
beforeEach(() => {
  warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
});
afterEach(() => {
  jitted.splice(0).forEach((g) => g.dispose());
  const looped = warn.mock.calls.map(String).filter((message) => message.includes('no batching rule'));
  expect(looped, 'no kernel of the pool needs the loop').toEqual([]);
  vi.restoreAllMocks();
});

/** A function of one example on each of a batch. */
const loop = (f: Step, batch: tf.Tensor): tf.Tensor =>
  tf.stack(tf.unstack(batch).map((example) => f(example)));

describe('random compositions of random kernels', () => {
  test.prop([programs, seeds], often)(
    'vmap = loop, for values, gradients and tangents',
    ({ shape, run }, seed) =>
      tf.tidy(() => {
        const batch = numbers([3, ...shape], seed);
        const loss: Step = (x) => tf.sum(tf.sin(run(x)));
        expect(distance(vmap(run)(batch), loop(run, batch))).toBeLessThan(1e-5);
        expect(distance(vmap(grad(loss))(batch), loop(grad(loss), batch))).toBeLessThan(1e-4);
        const tangent: Step = (x) => jvp(run, [x], [tf.cos(x)])[1];
        expect(distance(vmap(tangent)(batch), loop(tangent, batch))).toBeLessThan(1e-4);
      }),
  );

  test.prop([programs, seeds, fc.integer({ min: 0, max: 2 })], often)(
    'vmap over any axis, to any axis',
    ({ shape, run }, seed, at) =>
      tf.tidy(() => {
        const axis = Math.min(at, shape.length);
        const batch = numbers([...shape.slice(0, axis), 2, ...shape.slice(axis)], seed);
        const examples = tf.unstack(batch, axis).map((x) => run(x));
        const to = Math.min(at, examples[0]!.rank);
        const found = vmap(run, { inAxes: axis, outAxes: to })(batch);
        expect(distance(found, tf.stack(examples, to))).toBeLessThan(1e-5);
      }),
  );

  test.prop([programs, seeds], often)('jit = eager, twice in a row', ({ shape, run }, seed) =>
    tf.tidy(() => {
      const g = compiled(run);
      for (const s of [seed, seed + 1]) {
        const x = numbers(shape, s);
        expect(distance(g(x), run(x))).toBeLessThan(1e-5);
      }
    }),
  );

  test.prop([programs, seeds], { numRuns: runs(10) })(
    'jit, vmap and grad in all orders',
    ({ shape, run }, seed) =>
      tf.tidy(() => {
        const batch = numbers([3, ...shape], seed);
        const loss: Step = (x) => tf.sum(tf.sin(run(x)));
        const expected = loop(grad(loss), batch);
        const orders: Record<string, Step> = {
          'jit(vmap(grad))': compiled(vmap(grad(loss))),
          'vmap(jit(grad))': vmap(compiled(grad(loss))),
          'vmap(grad(jit))': vmap(grad(compiled(loss))),
          // Each example's loss depends on that example only, so the gradient of their sum holds all gradients.
          'grad(sum(vmap))': grad((b: tf.Tensor) => tf.sum(vmap(loss)(b))),
          'grad(sum(jit(vmap)))': grad((b: tf.Tensor) => tf.sum(compiled(vmap(loss))(b))),
          'jit(grad(sum(vmap)))': compiled(grad((b: tf.Tensor) => tf.sum(vmap(loss)(b)))),
          'grad(sum(vmap(jit)))': grad((b: tf.Tensor) => tf.sum(vmap(compiled(loss))(b))),
        };
        for (const [order, g] of Object.entries(orders))
          expect(distance(g(batch), expected), order).toBeLessThan(1e-4);
      }),
  );

  test.prop([programs, seeds], often)('checkpoint changes nothing', ({ shape, run }, seed) =>
    tf.tidy(() => {
      const x = numbers(shape, seed);
      const whole: Step = (t) => tf.sin(run(t));
      const y = whole(x);
      const u = numbers(y.shape, seed + 1);
      expect(distance(checkpoint(whole)(x), y)).toBe(0);
      expect(distance(vjp(checkpoint(whole), x)[1](u)[0], vjp(whole, x)[1](u)[0])).toBeLessThan(1e-5);
      const total =
        (f: Step): Step =>
        (t) =>
          tf.sum(tf.mul(f(t), u));
      const twice = (f: Step): Step => grad((t: tf.Tensor) => tf.sum(tf.sin(grad(total(f))(t))));
      expect(distance(twice(checkpoint(whole))(x), twice(whole)(x))).toBeLessThan(1e-3);
    }),
  );

  test.prop([programs, seeds], often)(
    'outside of a tidy scope nothing but the results is left',
    ({ shape, run }, seed) => {
      const loss: Step = (t) => tf.tidy(() => tf.sum(tf.sin(run(t))));
      const x = numbers(shape, seed);
      const before = tf.memory().numTensors;
      const results = [grad(loss)(x), ...jvp(loss, [x], [x])];
      expect(tf.memory().numTensors).toBe(before + results.length);
      tf.dispose([x, ...results]);
    },
  );
});
