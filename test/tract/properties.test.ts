import { fc, test } from '@fast-check/vitest';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { grad, linalg, stopGradient, tract } from '../../src';
import { runs } from '../support/runs';
import { multiply, relativeError, rows, solve, transpose } from './oracle';
import { gradientOf, uniform, type Problem } from './problem';

const sizes = fc.record({
  b: fc.integer({ min: 1, max: 9 }),
  n: fc.integer({ min: 1, max: 6 }),
  m: fc.integer({ min: 1, max: 4 }),
  seed: fc.integer().map(String),
  lambda: fc.double({ min: 0.02, max: 5, noNaN: true }),
});
const tall = sizes.map((s) => ({ ...s, b: s.n + s.b + 2 }));

const dense = (w: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.matMul(x, w);
const problem = ({ b, n, m, seed }: { b: number; n: number; m: number; seed: string }): Problem => ({
  x: uniform([b, n], `${seed} x`),
  w: uniform([n, m], `${seed} w`),
  g: uniform([b, m], `${seed} g`),
});
const distance = (a: tf.Tensor, b: tf.Tensor): number =>
  relativeError([Array.from(a.dataSync())], [Array.from(b.dataSync())]);

/** An order of 0 .. n - 1. */
const order = (n: number, seed: string): tf.Tensor1D => {
  const keys = Array.from(uniform([n], `${seed} order`).dataSync());
  return tf.tensor1d(
    keys.map((_, i) => i).sort((i, j) => keys[i]! - keys[j]!),
    'int32',
  );
};

describe('the second method of the paper: x A^-1 for the gradient, the true z for values', () => {
  /** z = x W whose derivative by W is that of (x A^-1) W. */
  const layer =
    (lambda: number) =>
    (w: tf.Tensor, x: tf.Tensor): tf.Tensor => {
      const [b, n] = x.shape as [number, number];
      const a = tf.add(tf.div(tf.matMul(x, x, true), b), tf.mul(tf.eye(n), lambda));
      const fed = tf.transpose(linalg.solve(a, tf.transpose(x)));
      const z = tf.matMul(fed, w);
      return tf.add(z, stopGradient(tf.sub(tf.matMul(x, w), z)));
    };

  test.prop([sizes], { numRuns: runs(50) })('has the same gradients and values', (s) =>
    tf.tidy(() => {
      const { x, w, g } = problem(s);
      const loss = (f: typeof dense) => (v: tf.Tensor, d: tf.Tensor) => tf.sum(tf.mul(tf.tanh(f(v, d)), g));
      const expected = grad(loss(layer(s.lambda)))(w, x);
      expect(distance(grad(tract(loss(dense), s.lambda))(w, x), expected)).toBeLessThan(1e-3);
      expect(distance(layer(s.lambda)(w, x), dense(w, x))).toBeLessThan(1e-5);
    }),
  );
});

describe('as lambda goes to zero', () => {
  const lambda = 1e-6;

  test.prop([tall], { numRuns: runs(50) })('one step reaches the optimum of least squares', (s) =>
    tf.tidy(() => {
      const { x, w, g: y } = problem(s);
      const loss = (v: tf.Tensor, d: tf.Tensor): tf.Tensor =>
        tf.div(tf.sum(tf.square(tf.sub(tf.matMul(d, v), y))), 2 * s.b);
      const after = tf.sub(w, grad(tract(loss, lambda))(w, x));
      const [a, c] = [rows(x.dataSync(), s.n), rows(y.dataSync(), s.m)];
      const best = solve(multiply(transpose(a), a), multiply(transpose(a), c));
      // Residuals, since nearly dependent features leave the weights loose.
      const residual = (v: number[][]): number[][] => multiply(a, v);
      expect(relativeError(residual(rows(after.dataSync(), s.m)), residual(best))).toBeLessThan(2e-3);
    }),
  );

  test.prop([tall], { numRuns: runs(50) })(
    'the change of z does not see an invertible remixing of the inputs',
    (s) =>
      tf.tidy(() => {
        const given = problem(s);
        const mixing = tf.add(tf.mul(uniform([s.n, s.n], `${s.seed} mixing`), 0.3), tf.eye(s.n));
        const mixed = { ...given, x: tf.matMul(given.x, mixing) };
        const change = (p: Problem): tf.Tensor => tf.matMul(p.x, gradientOf(dense, p, lambda));
        expect(distance(change(mixed), change(given))).toBeLessThan(5e-3);
      }),
  );
});

describe('symmetries', () => {
  test.prop([sizes], { numRuns: runs(50) })(
    'rows in another order change nothing; features in another order change order',
    (s) =>
      tf.tidy(() => {
        const { x, w, g } = problem(s);
        const found = gradientOf(dense, { x, w, g }, s.lambda);
        const byRows = order(s.b, s.seed);
        const rowsMoved = { x: tf.gather(x, byRows), w, g: tf.gather(g, byRows) };
        expect(distance(gradientOf(dense, rowsMoved, s.lambda), found)).toBeLessThan(1e-5);
        const byFeatures = order(s.n, s.seed);
        const featuresMoved = { x: tf.gather(x, byFeatures, 1), w, g };
        const expected = tf.gather(found, byFeatures);
        expect(distance(gradientOf(dense, featuresMoved, s.lambda), expected)).toBeLessThan(1e-5);
      }),
  );

  test.prop([sizes, fc.integer({ min: 2, max: 4 })], { numRuns: runs(50) })(
    'a batch that is repeated, as a mean, changes nothing',
    (s, k) =>
      tf.tidy(() => {
        const { x, w, g } = problem(s);
        const repeated = { x: tf.tile(x, [k, 1]), w, g: tf.div(tf.tile(g, [k, 1]), k) };
        const found = gradientOf(dense, repeated, s.lambda);
        expect(distance(found, gradientOf(dense, { x, w, g }, s.lambda))).toBeLessThan(1e-5);
      }),
  );

  test.prop([sizes], { numRuns: runs(50) })(
    'values of the input that are scaled, and lambda with their square, change z alike',
    (s) =>
      tf.tidy(() => {
        const { x, w, g } = problem(s);
        const bright = { x: tf.mul(x, 8), w, g };
        const found = tf.matMul(bright.x, gradientOf(dense, bright, 64 * s.lambda));
        expect(distance(found, tf.matMul(x, gradientOf(dense, { x, w, g }, s.lambda)))).toBeLessThan(1e-5);
      }),
  );
});

describe('a convolution is an unfolding and a dense layer', () => {
  const geometry = fc.record({
    size: fc.tuple(fc.integer({ min: 3, max: 6 }), fc.integer({ min: 3, max: 6 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    channels: fc.integer({ min: 1, max: 3 }),
    outputs: fc.integer({ min: 1, max: 3 }),
    strides: fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 1, max: 2 })),
    margins: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
    seed: fc.integer().map(String),
  });

  test.prop([geometry], { numRuns: runs(40) })('for any kernel, stride and padding', (s) =>
    tf.tidy(() => {
      const [[h, w], [kh, kw], [sh, sw], [top, bottom, left, right]] = [
        s.size,
        s.kernel,
        s.strides,
        s.margins as [number, number, number, number],
      ];
      const c = s.channels;
      const image = uniform([2, h, w, c], `${s.seed} image`) as tf.Tensor4D;
      const filter = uniform([kh, kw, c, s.outputs], `${s.seed} filter`);
      const margins: [[number, number], [number, number], [number, number], [number, number]] = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      const conv = (v: tf.Tensor, x: tf.Tensor): tf.Tensor =>
        tf.conv2d(x as tf.Tensor4D, v as tf.Tensor4D, s.strides, margins);
      const g = uniform(conv(filter, image).shape, `${s.seed} g`);
      const [, oh, ow] = g.shape as [number, number, number];
      const padded = tf.pad(image, margins);
      const taps: tf.Tensor[] = [];
      for (let i = 0; i < kh; i++) {
        for (let j = 0; j < kw; j++) {
          const end = [2, i + (oh - 1) * sh + 1, j + (ow - 1) * sw + 1, c];
          taps.push(tf.stridedSlice(padded, [0, i, j, 0], end, [1, sh, sw, 1]));
        }
      }
      const patches = tf.reshape(tf.concat(taps, 3), [-1, kh * kw * c]);
      const flat = { x: patches, w: tf.reshape(filter, [-1, s.outputs]), g: tf.reshape(g, [-1, s.outputs]) };
      const expected = tf.reshape(gradientOf(dense, flat), filter.shape);
      expect(distance(gradientOf(conv, { x: image, w: filter, g }), expected)).toBeLessThan(1e-5);
    }),
  );
});
