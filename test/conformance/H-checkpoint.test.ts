import * as tf from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import {
  checkpoint,
  customJvp,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jvp,
  stopGradient,
  vjp,
  vmap,
} from '../../src';
import { close, line } from '../support/line';

type F = (x: tf.Tensor) => tf.Tensor;
const twice = (x: tf.Tensor): tf.Tensor => tf.sin(tf.sin(x));

describe('H. stopGradient and checkpoint', () => {
  line('75. stopGradient', () => {
    const f: F = (x) => tf.mul(tf.sin(x), tf.cos(stopGradient(x)));
    close(grad(f)(tf.scalar(3.14)), 0.9999975);
    close(grad(grad(f))(tf.scalar(3.14)), 0.00159255);
    close(grad((x: tf.Tensor) => stopGradient({ foo: x }).foo)(tf.scalar(3)), 0);
    const product: F = (x) => tf.mul(stopGradient(x), x);
    close(grad(product)(tf.scalar(3)), 3);
    close(jvp(product, [tf.scalar(3)], [tf.scalar(1)]), [9, 3]);
    close(hessian((x: tf.Tensor) => tf.mul(stopGradient(x), tf.square(x)))(tf.scalar(3)), 6);
    const straightThrough: F = (x) => tf.add(x, stopGradient(tf.sub(tf.round(x), x)));
    close(straightThrough(tf.scalar(2.3)), 2);
    close(grad(straightThrough)(tf.scalar(2.3)), 1);
  });
  line('76. checkpoint changes no value and no derivative', () => {
    const x = tf.scalar(2);
    const f = checkpoint(twice);
    close(f(x), 0.78907233);
    close(grad(f)(x), -0.25563914);
    close(grad(grad(checkpoint((t: tf.Tensor) => tf.cos(tf.sin(t)))))(tf.scalar(3)), -0.9504934);
    const M = tf.tensor2d([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    const mapped = vmap(f, { inAxes: 1, outAxes: 0 })(M);
    expect(mapped.shape).toEqual([3, 2]);
    close(mapped, twice(tf.transpose(M)).arraySync());
    const slope = Math.cos(Math.sin(2)) * Math.cos(2);
    for (const jac of [jacfwd, jacrev]) close((jac(f) as F)(x), slope);
  });
  line('77. how often the inside runs', () => {
    let runs = 0;
    const countedSin = customJvp(
      (x: tf.Tensor) => {
        runs++;
        return tf.sin(x);
      },
      {
        jvp: ([x]: [tf.Tensor], [dx]: [tf.Tensor]) => [tf.sin(x), tf.mul(dx, tf.cos(x))],
      },
    );
    const s: F = (x) => countedSin(x);
    const since = (body: () => void): number => {
      const before = runs;
      body();
      return runs - before;
    };
    const x = tf.scalar(2);
    for (const [f, again] of [
      [(t: tf.Tensor) => s(s(t)), 0],
      [checkpoint((t: tf.Tensor) => s(s(t))), 2],
    ] as const) {
      let pullback!: (ct: number) => unknown;
      expect(since(() => void (pullback = vjp(f, x)[1]))).toBe(2);
      expect(since(() => close(pullback(1), [-0.25563914]))).toBe(again);
      expect(since(() => close(pullback(1), [-0.25563914]))).toBe(again);
    }
  });
  line('77b. less memory between forward and backward pass', () => {
    const chain: F = (x) => Array.from({ length: 20 }).reduce<tf.Tensor>((y) => tf.sin(tf.tanh(y)), x);
    const held = (f: F): number => {
      const before = tf.memory().numTensors;
      const [y, pullback] = vjp(f, tf.scalar(2));
      const found = tf.memory().numTensors - before;
      pullback.dispose();
      y.dispose();
      return found;
    };
    expect(held(chain)).toBeGreaterThan(20);
    expect(held(checkpoint(chain))).toBeLessThan(5);
  });
});
