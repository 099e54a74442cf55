import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import type { Form } from '../../src/tract/form';
import { share } from '../support/runs';
import { exact, matrixOf, photographs, random, residual } from './hardInputs';
import { relativeError, rows, solve, type Matrix } from './oracle';
import { gradientOf } from './problem';

/*
 * Hard inputs against float64: the gradient's relative error, and the residual |B - A X| / |B| with B = x^T g, where A and B are made of the
 * same float32 data in float64.
 */

const dense = (w: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.matMul(x, w);

function check(x: Matrix, lambda: number, form?: Form, m = 3, tolerance = 1e-5): void {
  tf.tidy(() => {
    const next = random('cotangent');
    const g = matrixOf(x.length, m, next);
    const n = x[0]!.length;
    const problem = { x: tf.tensor2d(x), g: tf.tensor2d(g), w: tf.zeros([n, m]) };
    const found = rows(gradientOf(dense, problem, { lambda, ...(form && { form }) }).dataSync(), m);
    const best = exact(x, g, lambda);
    expect(relativeError(found, best)).toBeLessThan(tolerance);
    // Rounded to float32 the exact solution has a residual too, where the condition number is above 1e6.
    const unavoidable = residual(
      x,
      g,
      lambda,
      best.map((row) => row.map(Math.fround)),
    );
    expect(residual(x, g, lambda, found)).toBeLessThan(Math.max(1e-5, 1.5 * unavoidable));
  });
}

const lambdas = [1e-4, 1e-2, 0.1, 10, 1e3];

describe.each([
  ['primal', 0],
  ['dual', 1],
] as const)('%s form', (form, i) => {
  it.each(share(lambdas, i))('raw photographs, lambda %d', (lambda) => {
    check(photographs(60, 4, 3), lambda, form);
    check(photographs(20, 4, 3), lambda, form);
  });
  it.each(share(lambdas, i + 2))('constant images, lambda %d', (lambda) =>
    check(
      matrixOf(30, 27, (i) => (i * 37) % 256),
      lambda,
      form,
    ),
  );
  it.each(share(lambdas, i + 1))('one hot pixel, lambda %d', (lambda) =>
    check(
      matrixOf(40, 27, (_, j) => (j === 5 ? 255 : 0)),
      lambda,
      form,
    ),
  );
  it.each(share(lambdas, i + 3))('duplicated rows, lambda %d', (lambda) => {
    const next = random('row');
    const row = Array.from({ length: 20 }, next);
    check(
      matrixOf(32, 20, (i, j) => (i % 2 ? row[j]! : row[19 - j]!)),
      lambda,
      form,
    );
  });
});

describe('b around n', () => {
  const n = 24;
  it.each(share([1, 2, n - 1, n, n + 1, 5 * n], 1))('b = %d', (b) => {
    const next = random(`b ${b}`);
    const x = matrixOf(b, n, next);
    for (const form of ['primal', 'dual', undefined] as const) check(x, 0.1, form);
  });

  it('n = 3072, b = 64: correlated rows, in the form that is taken by itself', () => {
    const common = matrixOf(1, 3072, random('common'))[0]!;
    const next = random('own');
    const x = matrixOf(64, 3072, (_, j) => common[j]! + 0.1 * next());
    for (const lambda of [0.001, 0.01, 0.1]) check(x, lambda);
  });

  it('n = 3072, b = 64: raw pictures', () => check(photographs(64, 32, 3), 0.1));

  it('features of very different size', () => {
    const next = random('sizes');
    const x = matrixOf(50, 12, (_, j) => 10 ** (j / 3 - 2) * next());
    for (const lambda of lambdas) for (const form of ['primal', 'dual'] as const) check(x, lambda, form);
  });

  it('all zeros: the gradient is zero', () =>
    check(
      matrixOf(5, 4, () => 0),
      0.1,
    ));
});

describe('a convolution of many blocks', () => {
  it('sums over them as over one', () =>
    tf.tidy(() => {
      // 10 images of 96 x 96 with patches of 3 x 3 x 3 take 10 MB, so several blocks.
      const next = random('image');
      const image = tf.tensor4d(
        Float32Array.from({ length: 10 * 96 * 96 * 3 }, () => Math.round(127 + 127 * next())),
        [10, 96, 96, 3],
      );
      const g = tf.tensor4d(Float32Array.from({ length: 10 * 96 * 96 * 2 }, next), [10, 96, 96, 2]);
      const conv = (w: tf.Tensor, x: tf.Tensor): tf.Tensor =>
        tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same');
      const found = gradientOf(conv, { x: image, w: tf.zeros([3, 3, 3, 2]), g }, 0.1);
      // The same as halves of the batch: each is fewer blocks, and blocks fall elsewhere.
      const halves = [0, 5].map((start) => ({
        x: tf.slice(image, [start], [5]),
        g: tf.slice(g, [start], [5]),
      }));
      const sums = (a: tf.Tensor, b: tf.Tensor): Matrix => {
        const columns = b.shape.at(-1)!;
        const [left, right] = [a.dataSync(), b.dataSync()];
        return rows(productOfPatches(left, right, a.shape as Shape, columns), columns);
      };
      const gram = Array.from({ length: 27 }, () => new Array<number>(27).fill(0));
      const gradient = Array.from({ length: 27 }, () => [0, 0]);
      for (const half of halves) {
        const patches = unfolded(half.x);
        sums(patches, patches).forEach((row, i) => row.forEach((v, j) => (gram[i]![j]! += v)));
        sums(patches, tf.reshape(half.g, [-1, 2])).forEach((row, i) =>
          row.forEach((v, j) => (gradient[i]![j]! += v)),
        );
      }
      const b = 10 * 96 * 96;
      const a = gram.map((row, i) => row.map((v, j) => v / b + (i === j ? Math.fround(0.1) : 0)));
      expect(relativeError(rows(found.dataSync(), 2), solve(a, gradient))).toBeLessThan(1e-5);
    }));
});

type Shape = [number, number];

/** Patches of 3 x 3 x 3 with zeros around, by slices of the padded image. */
function unfolded(image: tf.Tensor): tf.Tensor {
  const [n, h, w] = image.shape as [number, number, number];
  const padded = tf.pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]]); // prettier-ignore
  const taps = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => tf.slice(padded, [0, i, j, 0], [n, h, w, 3])));
  return tf.reshape(tf.concat(taps, 3), [-1, 27]);
}

/** a^T b in float64. */
function productOfPatches(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [count, n]: Shape,
  m: number,
): Float64Array {
  const sum = new Float64Array(n * m);
  for (let r = 0; r < count; r++) {
    for (let i = 0; i < n; i++) {
      const factor = a[r * n + i]!;
      for (let j = 0; j < m; j++) sum[i * m + j]! += factor * b[r * m + j]!;
    }
  }
  return sum;
}
