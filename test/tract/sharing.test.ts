import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { checkpoint, grad, jit, jvp, lax, makeJaxpr, tract } from '../../src';
import { relativeError, rows, tractGradient } from './oracle';
import { uniform } from './problem';

type Layer = (w: tf.Tensor, x: tf.Tensor) => tf.Tensor;

const scale = (): tf.Tensor => tf.sqrt(tf.add(tf.scalar(3), 1));

/** Layers that compute x (2 W), each in another way, anew at every call. */
const layers: Record<string, Layer> = {
  'a number': (w, x) => tf.matMul(x, tf.mul(w, 2)),
  'a scalar made on the host': (w, x) => tf.matMul(x, tf.mul(w, tf.scalar(2))),
  'a list made on the host': (w, x) => tf.matMul(x, tf.mul(w, tf.tensor1d([2, 2]))),
  'what kernels compute': (w, x) => tf.matMul(x, tf.mul(w, scale())),
  'a filled tensor': (w, x) => tf.matMul(x, tf.mul(w, tf.fill([3, 2], 2))),
};

const data = (): tf.Tensor[] => [uniform([3, 2], 'w'), uniform([4, 3], 'a'), uniform([5, 3], 'b')];

describe('a weight that every use computes anew is one weight, with', () => {
  for (const [name, layer] of Object.entries(layers)) {
    const loss = (w: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor =>
      tf.add(tf.sum(layer(w, a)), tf.sum(layer(w, b)));
    it(name, () =>
      tf.tidy(() => {
        const [w, a, b] = data() as [tf.Tensor, tf.Tensor, tf.Tensor];
        const x = rows(tf.concat([a, b]).dataSync(), 3);
        // dL/dW = (A^-1 x^T 1) 2
        const ones = x.map(() => [2, 2]);
        const expected = tractGradient(x, ones, 0.1);
        const corrected = tract(loss, 0.1);
        expect(relativeError(rows(grad(corrected)(w, a, b).dataSync(), 2), expected)).toBeLessThan(1e-5);
        const jitted = jit(grad(corrected));
        expect(relativeError(rows(jitted(w, a, b).dataSync(), 2), expected)).toBeLessThan(1e-5);
        jitted.dispose();
      }),
    );
  }
});

describe('weights that differ stay two, with', () => {
  const factors: Record<string, (i: number) => tf.Tensor> = {
    scalars: (i) => tf.scalar(i),
    lists: (i) => tf.tensor1d([1, i]),
    kernels: (i) => tf.exp(tf.scalar(i)),
  };
  for (const [name, factor] of Object.entries(factors))
    it(name, () =>
      tf.tidy(() => {
        const [w, a, b] = data() as [tf.Tensor, tf.Tensor, tf.Tensor];
        const layer = (v: tf.Tensor, x: tf.Tensor, i: number): tf.Tensor =>
          tf.sum(tf.matMul(x, tf.mul(v, factor(i))));
        const both = grad(tract((v: tf.Tensor) => tf.add(layer(v, a, 1), layer(v, b, 2))))(w);
        const apart = [1, 2].map((i) => grad(tract((v: tf.Tensor) => layer(v, i === 1 ? a : b, i)))(w));
        const sum = rows(tf.add(apart[0]!, apart[1]!).dataSync(), 2);
        expect(relativeError(rows(both.dataSync(), 2), sum)).toBeLessThan(1e-5);
      }),
    );
});

it('a variable assigned between two uses is not the same constant', () =>
  tf.tidy(() => {
    const [w, a, b] = data() as [tf.Tensor, tf.Tensor, tf.Tensor];
    const v = tf.variable(tf.scalar(1));
    const layer = (p: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.sum(tf.matMul(x, tf.mul(p, tf.mul(v, 1))));
    const loss = (p: tf.Tensor): tf.Tensor => {
      const first = layer(p, a);
      v.assign(tf.scalar(2));
      return tf.add(first, layer(p, b));
    };
    expect(tract.describe(loss, w).layers.map(({ uses }) => uses)).toEqual([1, 1]);
    v.dispose();
  }));

it('nor are copies of a variable from before and after', () =>
  tf.tidy(() => {
    const [w, a, b] = data() as [tf.Tensor, tf.Tensor, tf.Tensor];
    const v = tf.variable(tf.scalar(1));
    const loss = (p: tf.Tensor): tf.Tensor => {
      const before = tf.mul(v, 1);
      v.assign(tf.scalar(2));
      const after = tf.mul(v, 1);
      const layer = (x: tf.Tensor, c: tf.Tensor): tf.Tensor => tf.sum(tf.matMul(x, tf.mul(p, c)));
      return tf.add(layer(a, before), layer(b, after));
    };
    expect(tract.describe(loss, w).layers.map(({ uses }) => uses)).toEqual([1, 1]);
    v.dispose();
  }));

it('axes that the caller changes between two uses are two settings', () =>
  tf.tidy(() => {
    const w = uniform([2, 2], 'w');
    const x = uniform([4, 2], 'x');
    const square = uniform([2, 2], 'c');
    const loss = (p: tf.Tensor): tf.Tensor => {
      const axes = [0, 1];
      const first = tf.transpose(square, axes);
      axes.reverse();
      const second = tf.transpose(square, axes);
      const layer = (c: tf.Tensor): tf.Tensor => tf.sum(tf.matMul(x, tf.mul(p, c)));
      return tf.add(layer(first), layer(second));
    };
    expect(tract.describe(loss, w).layers.map(({ uses }) => uses)).toEqual([1, 1]);
  }));

it('however many its uses, a layer has one Gram matrix and one system to solve', () =>
  tf.tidy(() => {
    const w = uniform([3, 2], 'w');
    const xs = uniform([4, 5, 3], 'xs');
    const layer = (v: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.sum(tf.tanh(tf.matMul(x, v)));
    const each = (v: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.addN(tf.unstack(x).map((t) => layer(v, t)));
    const inCheckpoint = (v: tf.Tensor, x: tf.Tensor): tf.Tensor => checkpoint(each)(v, x);
    const steps =
      (start: (v: tf.Tensor, x: tf.Tensor) => tf.Tensor) =>
      (v: tf.Tensor, x: tf.Tensor): tf.Tensor =>
        lax.scan((s: tf.Tensor, t: tf.Tensor) => [tf.add(s, layer(v, t)), null] as const, start(v, x), x)[0];
    // From a number on, the first step is written out, since the sum is not an activation there.
    const loops = [steps(() => tf.scalar(0)), steps(each)];
    const count = (f: typeof each, kernel: string): number =>
      String(makeJaxpr(grad(tract(f)))(w, xs)).split(`= ${kernel}[`).length - 1;
    for (const f of [each, inCheckpoint, ...loops]) expect(count(f, 'TractRidgeSolve')).toBe(1);
    for (const f of [each, inCheckpoint]) expect(count(f, 'TractGram')).toBe(1);
  }));

it('of a layer with several uses, a gradient by the data alone takes no Gram matrix, nor a second run', () =>
  tf.tidy(() => {
    const [w, a, b] = data() as [tf.Tensor, tf.Tensor, tf.Tensor];
    let runs = 0;
    const loss = (p: tf.Tensor, u: tf.Tensor, v: tf.Tensor): tf.Tensor => {
      runs++;
      return tf.add(tf.sum(tf.tanh(tf.matMul(u, p))), tf.sum(tf.tanh(tf.matMul(v, p))));
    };
    const corrected = tract(loss);
    grad(corrected)(w, a, b);
    const gram = tf.getKernel('TractGram', tf.getBackend());
    const made = vi.spyOn(gram, 'kernelFunc');
    runs = 0;
    const found = grad(corrected, { argnums: 1 })(w, a, b);
    const along = jvp((u: tf.Tensor) => corrected(w, u, b), [a], [a])[1];
    expect([made.mock.calls.length, runs]).toEqual([0, 2]);
    const expected = grad(loss, { argnums: 1 })(w, a, b);
    for (const [is, should] of [
      [found, expected],
      [along, tf.sum(tf.mul(expected, a))],
    ] as const)
      expect(relativeError([Array.from(is.dataSync())], [Array.from(should.dataSync())])).toBeLessThan(1e-5);
    grad(corrected)(w, a, b);
    expect(made).toHaveBeenCalled();
    made.mockRestore();
  }));
