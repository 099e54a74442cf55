import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, hessian, jit, jvp, vjp, vmap } from '../../src';

// A jitted function made anew inside a transformation, around one of its tracers: nobody can dispose it.
const inner = (x: tf.Tensor): tf.Tensor =>
  jit((y: tf.Tensor) => tf.mul(tf.sin(tf.mul(x, y)), tf.scalar(2)))(tf.scalar(0.7));
const plain = (x: tf.Tensor): tf.Tensor => tf.mul(tf.sin(tf.mul(x, tf.scalar(0.7))), tf.scalar(2));

describe('a jitted function that closes over a tracer', () => {
  it('leaves nothing behind, and is differentiated as written', () =>
    tf.tidy(() => {
      const x = tf.scalar(1.3);
      const value = (t: tf.Tensor): number => t.dataSync()[0]!;
      expect(value(grad(inner)(x))).toBeCloseTo(value(grad(plain)(x)), 5);
      expect(value(hessian(inner)(x))).toBeCloseTo(value(hessian(plain)(x)), 5);
      expect(value(jvp(inner, [x], [x])[1])).toBeCloseTo(value(jvp(plain, [x], [x])[1]), 5);
      expect(Array.from(vmap(inner)(tf.tensor1d([1, 2])).dataSync()).length).toBe(2);
      const [, pullback] = vjp(inner, x);
      for (let i = 0; i < 2; i++)
        expect(value(pullback(tf.scalar(1))[0])).toBeCloseTo(value(grad(plain)(x)), 5);
    }));

  it('inside another jitted function is part of it', () => {
    const outer = jit((x: tf.Tensor) => grad(inner)(x));
    tf.tidy(() => {
      const x = tf.scalar(1.3);
      for (let i = 0; i < 2; i++)
        expect(outer(x).dataSync()[0]).toBeCloseTo(grad(plain)(x).dataSync()[0]!, 5);
    });
    outer.dispose();
  });
});

it('a jitted function that hands an input through, which its derivative reads, has second derivatives', () =>
  tf.tidy(() => {
    const scaled = (k: tf.Tensor, x: tf.Tensor): [tf.Tensor, tf.Tensor] => [k, tf.mul(k, x)];
    const g = jit(scaled);
    const slope = (f: typeof scaled) => (x: tf.Tensor) =>
      grad((t: tf.Tensor) => tf.sin(f(tf.scalar(2), t)[1]))(x) as tf.Tensor;
    const at = tf.scalar(0.4);
    expect(grad(slope(g))(at).dataSync()[0]).toBeCloseTo(grad(slope(scaled))(at).dataSync()[0]!, 5);
    g.dispose();
  }));
