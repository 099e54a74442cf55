import { fc, test } from '@fast-check/vitest';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { grad, tract } from '../../src';
import {
  combine,
  objective,
  objectiveGradient,
  relativeError,
  rows,
  squaredNorm,
  tractGradient,
  type Matrix,
} from './oracle';

interface Case {
  x: Matrix;
  g: Matrix;
  lambda: number;
  eta: number;
}

const numbers = fc.double({ min: -2, max: 2, noNaN: true });
const matrix = (b: number, n: number): fc.Arbitrary<Matrix> =>
  fc.array(fc.array(numbers, { minLength: n, maxLength: n }), { minLength: b, maxLength: b });
const cases: fc.Arbitrary<Case> = fc
  .record({
    b: fc.integer({ min: 1, max: 9 }),
    n: fc.integer({ min: 1, max: 6 }),
    m: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ b, n, m }) =>
    fc.record({
      x: matrix(b, n),
      g: matrix(b, m),
      lambda: fc.double({ min: 0.01, max: 10, noNaN: true }),
      eta: fc.double({ min: 0.01, max: 1, noNaN: true }),
    }),
  );

/** The library's gradient of a layer whose output's cotangent is g: float32 in, float64 arrays out. */
function corrected(
  { x, g, lambda }: Pick<Case, 'x' | 'g' | 'lambda'>,
  form: 'auto' | 'primal' | 'dual' = 'auto',
): Matrix {
  return tf.tidy(() => {
    const m = g[0]!.length;
    const loss = (w: tf.Tensor, data: tf.Tensor): tf.Tensor =>
      tf.sum(tf.mul(tf.matMul(data, w), tf.tensor2d(g)));
    const w = tf.zeros([x[0]!.length, m]);
    return rows(grad(tract(loss, { lambda, form }))(w, tf.tensor2d(x)).dataSync(), m);
  });
}

const single = (a: Matrix): Matrix => a.map((row) => row.map(Math.fround));
const scaled = (a: Matrix, s: number): Matrix => a.map((row) => row.map((v) => v * s));

describe('Lemma 1: the update is the optimum of the objective of Eq. 6', () => {
  test.prop([cases])('equals the float64 closed form', ({ x, g, lambda }) => {
    const expected = tractGradient(single(x), single(g), lambda);
    if (squaredNorm(expected) < 1e-12) return;
    expect(relativeError(corrected({ x, g, lambda }), expected)).toBeLessThan(1e-3);
  });

  test.prop([cases, fc.infiniteStream(numbers)])('beats every random perturbation of itself', (c, noise) => {
    const [x, g] = [single(c.x), single(c.g)];
    const update = scaled(corrected(c), -c.eta);
    const best = objective(x, g, update, c.lambda, c.eta);
    for (const size of [0.01, 0.1, 1]) {
      const moved = update.map((row) => row.map((v) => v + size * (noise.next().value as number)));
      if (squaredNorm(combine(moved, update, (a, b) => a - b)) < 1e-6) continue;
      expect(objective(x, g, moved, c.lambda, c.eta)).toBeGreaterThan(best - 1e-6 * (1 + best));
    }
  });

  test.prop([cases])("the objective's gradient vanishes there", (c) => {
    const [x, g] = [single(c.x), single(c.g)];
    const slope = objectiveGradient(x, g, scaled(corrected(c), -c.eta), c.lambda, c.eta);
    const atZero = objectiveGradient(x, g, scaled(corrected(c), 0), c.lambda, c.eta);
    expect(squaredNorm(slope)).toBeLessThanOrEqual(1e-6 * squaredNorm(atZero) + 1e-9);
  });
});

describe('Lemma 2: the corrected gradient is zero exactly where the gradient is', () => {
  test.prop([cases])('zero where x^T g is zero', (c) => {
    // Rows come in pairs with opposite cotangents, so that x^T g cancels exactly, whatever the rank of x.
    const x = c.x.flatMap((row) => [row, row]);
    const g = c.g.flatMap((row) => [row, row.map((v) => -v)]);
    expect(squaredNorm(corrected({ ...c, x, g }, 'primal'))).toBeLessThan(1e-9 * (1 + squaredNorm(g)));
  });

  test.prop([cases])('not zero where x^T g is not, also with linearly dependent features', (c) => {
    const x = single(c.x.map((row) => [...row, row[0]!]));
    const g = single(c.g);
    const plain = squaredNorm(tractGradient(x, g, 1e12)) * 1e24;
    const found = squaredNorm(corrected({ ...c, x, g }));
    if (plain > 1e-4) expect(found).toBeGreaterThan(0);
  });
});

test.prop([cases])('the primal and the dual form are equal', (c) => {
  const primal = corrected(c, 'primal');
  if (squaredNorm(primal) < 1e-10) return;
  expect(relativeError(corrected(c, 'dual'), primal)).toBeLessThan(2e-3);
});
