import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import '../../src';
import {
  gram,
  gramOfRows,
  moments,
  product,
  ridgeSolve,
  ridgeSolveWide,
  type Wide,
} from '../../src/linalg/wide';
import { checkGrads } from '../../src/testing';
import { combine, multiply, relativeError, rows, solve, transpose, type Matrix } from '../tract/oracle';
import { uniform } from '../tract/problem';

const inTidy = (name: string, body: () => void): void => it(name, () => tf.tidy(body));
const matrix = (t: tf.Tensor): Matrix => rows(t.dataSync(), t.shape.at(-1)!);
const whole = ({ high, low }: Wide): Matrix => combine(matrix(high), matrix(low), (a, b) => a + b);
/** Pairs have 48 bits. */
const tolerance = 1e-13;

describe('sums of products as pairs', () => {
  it.each([
    [1, 1, 1],
    [3, 5, 2],
    [700, 5, 3],
    [9, 30, 7],
    [130, 33, 17],
    [20, 300, 6],
  ])('%d rows, %d features, %d outputs', (b, n, m) =>
    tf.tidy(() => {
      const [x, y] = [uniform([b, n], 'x', 0, 255), uniform([b, m], 'y')];
      const [a, c] = [matrix(x), matrix(y)];
      const at = transpose(a);
      expect(relativeError(whole(gram(x)), multiply(at, a))).toBeLessThan(tolerance);
      expect(relativeError(whole(gramOfRows(x)), multiply(a, at))).toBeLessThan(tolerance);
      expect(relativeError(whole(product(x, y)), multiply(at, c))).toBeLessThan(tolerance);
      const inParts: Wide = { high: tf.sub(y, tf.scalar(2 ** -30)), low: tf.fill(y.shape, 2 ** -30) };
      const sumOfParts = combine(matrix(inParts.high), matrix(inParts.low), (u, v) => u + v);
      expect(relativeError(whole(product(x, inParts)), multiply(at, sumOfParts))).toBeLessThan(tolerance);
      const [g, p] = moments(x, y, gram(x), product(x, y));
      const twice = (s: Matrix): Matrix => s.map((row) => row.map((v) => 2 * v));
      expect(relativeError(whole(g), twice(multiply(at, a)))).toBeLessThan(tolerance);
      expect(relativeError(whole(p), twice(multiply(at, c)))).toBeLessThan(tolerance);
    }),
  );

  inTidy('columns of very different size keep their digits, each by itself', () => {
    const [x, y] = [uniform([40, 5], 'x'), uniform([40, 3], 'y')];
    const sizes = tf.tensor1d([1, 2 ** 30, 2 ** -30, 2 ** 12, 2 ** -7]);
    const [g, p] = moments(x, y);
    const [scaledG, scaledP] = moments(tf.mul(x, sizes), y);
    const [across, down] = [tf.reshape(sizes, [1, 5]), tf.reshape(sizes, [5, 1])];
    for (const part of ['high', 'low'] as const) {
      expect(scaledG[part].dataSync()).toEqual(tf.mul(tf.mul(g[part], across), down).dataSync());
      expect(scaledP[part].dataSync()).toEqual(tf.mul(p[part], down).dataSync());
    }
  });

  inTidy('a value that is not finite spoils its column and no other; zeros are zeros', () => {
    const x = tf.tensor2d([1, 0, 3, NaN, 2, 0, 5, 1, 4, 0, Infinity, 2], [3, 4]);
    const found = rows(gram(x).high.dataSync(), 4);
    expect(found.map((row) => row.map(Number.isFinite))).toEqual([
      [true, true, false, false],
      [true, true, false, false],
      [false, false, false, false],
      [false, false, false, false],
    ]);
    expect([found[0]![0], found[0]![1], found[1]![1]]).toEqual([21, 0, 0]);
  });

  inTidy('many rows', () => {
    const x = uniform([70000, 2], 'x', 200, 255);
    const a = matrix(x);
    expect(relativeError(whole(gram(x)), multiply(transpose(a), a))).toBeLessThan(tolerance);
  });

  inTidy('stacks are taken one by one', () => {
    const [x, y] = [uniform([2, 7, 5], 'x'), uniform([2, 7, 3], 'y')];
    const part = (t: tf.Tensor, i: number): tf.Tensor => tf.reshape(tf.slice(t, [i], [1]), t.shape.slice(1));
    const [g, p] = moments(x, y);
    const solved = ridgeSolve(g, 7, tf.tensor1d([0.1, 2]), p);
    for (const i of [0, 1]) {
      const [gi, pi] = moments(part(x, i), part(y, i));
      expect(part(g.high, i).dataSync()).toEqual(gi.high.dataSync());
      expect(part(p.high, i).dataSync()).toEqual(pi.high.dataSync());
      const alone = ridgeSolve(gi, 7, tf.scalar([0.1, 2][i]!), pi);
      expect(relativeError(matrix(part(solved, i)), matrix(alone))).toBeLessThan(1e-6);
    }
  });
});

describe('ridge systems', () => {
  inTidy('are solved with the digits of the pair', () => {
    const [x, y] = [uniform([40, 12], 'x', 200, 255), uniform([12, 5], 'y')];
    const a = multiply(transpose(matrix(x)), matrix(x)).map((row, i) =>
      row.map((v, j) => v / 40 + (i === j ? Math.fround(0.01) : 0)),
    );
    const expected = solve(a, matrix(y));
    const sum = gram(x);
    const found = ridgeSolveWide(sum, 40, tf.scalar(0.01), y);
    expect(relativeError(matrix(found.high), expected)).toBeLessThan(1e-6);
    expect(relativeError(whole(found), expected)).toBeLessThan(1e-8);
    expect(ridgeSolve(sum, 40, tf.scalar(0.01), y).dataSync()).toEqual(found.high.dataSync());
  });

  inTidy('that are not positive definite give NaN, each for itself', () => {
    const high = tf.stack([tf.eye(3), tf.neg(tf.eye(3))]);
    const found = ridgeSolve({ high, low: tf.zerosLike(high) }, 1, tf.scalar(0.5), tf.ones([2, 3, 2]));
    const values = Array.from(found.dataSync());
    expect(values.slice(0, 6).every((v) => Math.abs(v - 1 / 1.5) < 1e-6)).toBe(true);
    expect(values.slice(6).every(Number.isNaN)).toBe(true);
  });
});

inTidy('derivatives of first and second order, in both modes', () => {
  const f = (x: tf.Tensor, y: tf.Tensor, lambda: tf.Tensor): tf.Tensor => {
    const [g, p] = moments(x, y, gram(tf.mul(x, 0.5)), product(x, tf.sin(y)));
    return ridgeSolve(g, 4, lambda, p);
  };
  checkGrads(f, [uniform([4, 3], 'x'), uniform([4, 2], 'y'), tf.scalar(0.8)]);
  const dual = (x: tf.Tensor, y: tf.Tensor, lambda: tf.Tensor): tf.Tensor =>
    product(x, ridgeSolveWide(gramOfRows(x), 3, lambda, y)).high;
  checkGrads(dual, [uniform([3, 4], 'x'), uniform([3, 2], 'y'), tf.scalar(0.8)]);
});
