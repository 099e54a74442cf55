import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { grad, jit, valueAndGrad, vmap } from '../../../src';
import { dispatchesOf } from '../../support/dispatches';
import { share } from '../../support/runs';
import { pretend } from './pretend';

type F = (...xs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** Compares a jitted function with itself as it is, which runs tfjs's kernels, and counts what the former dispatches by name. */
function compare(f: F, ...xs: tf.Tensor[]): Map<string, number> {
  const g = jit(f);
  let found: tf.Tensor[] = [];
  const run = (): void => void (found = [g(...xs) as tf.Tensor | tf.Tensor[]].flat());
  run();
  const dispatches = dispatchesOf(run);
  const values = found.map((t) => t.dataSync());
  const expected = [f(...xs)].flat();
  g.dispose();
  found.forEach((t, i) => {
    expect([t.dtype, t.shape]).toEqual([expected[i]!.dtype, expected[i]!.shape]);
    const [a, b] = [values[i]!, expected[i]!.dataSync()];
    const scale = Array.from(b).reduce((m, x) => (Number.isFinite(x) ? Math.max(m, Math.abs(x)) : m), 0);
    for (let k = 0; k < b.length; k++) {
      const isEqual = Object.is(a[k], b[k]) || a[k] === b[k];
      if (!isEqual && !(Math.abs(a[k]! - b[k]!) <= 1e-5 * scale))
        expect.fail(`output ${i}, element ${k}: ${a[k]} is not ${b[k]}`);
    }
  });
  return dispatches;
}

const normal = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);
const tidily =
  (f: () => void): (() => void) =>
  () =>
    void tf.tidy(f);
const once = (...names: string[]): Map<string, number> => new Map(names.map((name) => [name, 1]));

/** On a card invocations share sums, and tiles are others. */
function asCard(): void {
  let end: () => void;
  beforeAll(() => void (end = pretend('apple')));
  afterAll(() => end());
}

const devices = { 'a processor': () => {}, 'a card': asCard };

describe.each(Object.keys(devices) as (keyof typeof devices)[])('products under jit, for %s', (device) => {
  devices[device]();
  const flags = [
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ] as const;
  it.each(flags)(
    'of matrices of any size, transposed %s and %s, are one dispatch',
    (transposeA, transposeB) =>
      tf.tidy(() => {
        for (const [n, k, m] of [
          [1, 1, 1],
          [3, 5, 7],
          [1, 784, 10],
          [5, 521, 3],
          [70, 33, 65],
        ] as const) {
          const a = normal(transposeA ? [k, n] : [n, k], 1);
          const b = normal(transposeB ? [m, k] : [k, m], 2);
          expect(compare((a, b) => tf.matMul(a!, b!, transposeA, transposeB), a, b)).toEqual(
            once('contraction'),
          );
        }
      }),
  );

  it(
    'of stacks, one of both, and of one with all of the other',
    tidily(() => {
      const product: F = (a, b) => tf.matMul(a!, b!);
      for (const [a, b] of [
        [
          [3, 2, 5, 7],
          [3, 2, 7, 9],
        ],
        [
          [3, 5, 7],
          [1, 7, 9],
        ],
        [
          [1, 5, 7],
          [3, 7, 9],
        ],
      ] as const)
        expect(compare(product, normal([...a], 1), normal([...b], 2))).toEqual(once('contraction'));
    }),
  );

  it(
    'take in bias, activation and residual, also behind a change of shape, and store what is read again',
    tidily(() => {
      const [x, w, b] = [normal([33, 20], 1), normal([20, 20], 2), normal([20], 3)];
      const dense = (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor): tf.Tensor => tf.add(tf.matMul(x, w), b);
      expect(compare((x, w, b) => tf.add(tf.relu(dense(x!, w!, b!)), x!), x, w, b)).toEqual(
        once('contraction'),
      );
      const split: F = (x, w, b) => tf.relu(tf.add(tf.reshape(tf.matMul(x!, w!), [3, 11, 20]), b!));
      expect(compare(split, x, w, b)).toEqual(once('contraction'));
      const both: F = (x, w, b) => {
        const z = tf.matMul(x!, w!);
        return [z, tf.tanh(tf.add(z, b!)), tf.greater(z, b!)];
      };
      expect(compare(both, x, w, b)).toEqual(once('contraction'));
      const early: F = (x, w, b) => {
        const z = tf.matMul(x!, w!);
        const s = tf.sum(z, 0);
        return tf.mul(tf.add(z, b!), s);
      };
      compare(early, x, w, b);
    }),
  );

  it(
    'NaN and infinity stay in their rows and columns',
    tidily(() => {
      const a = tf.tensor2d([1, NaN, 3, 2, 1, 0, 1e30, 1e30, 1], [3, 3]);
      const b = tf.tensor2d([1, 0, 1e30, 2, 0, Infinity], [3, 2]);
      compare((a, b) => tf.relu(tf.matMul(a!, b!)), a, b);
    }),
  );

  it(
    'without rows, and without elements',
    tidily(() => {
      const product: F = (a, b) => tf.add(tf.matMul(a!, b!), 1);
      compare(product, tf.zeros([0, 3]), tf.zeros([3, 2]));
      compare(product, tf.zeros([2, 0, 3]), tf.zeros([2, 3, 4]));
    }),
  );

  it(
    'under vmap, and in first and second derivatives',
    tidily(() => {
      const [x, w] = [normal([6, 5], 1), normal([5, 4], 2)];
      compare((x, w) => vmap((r: tf.Tensor) => tf.dot(r, w!) as tf.Tensor)(x!) as tf.Tensor, x, w);
      const loss = (w: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.sum(tf.tanh(tf.matMul(x, w)));
      const second: F = (x, w) =>
        grad((w: tf.Tensor) => tf.sum(tf.square(grad(loss)(w, x!))))(w!) as unknown as tf.Tensor;
      compare(second, x, w);
    }),
  );
});

it(
  'on cards of other makers large products and convolutions stay with tfjs',
  tidily(() => {
    const end = pretend('other');
    try {
      const dense: F = (x, w, b) => tf.relu(tf.add(tf.matMul(x!, w!), b!));
      const large = compare(dense, normal([130, 8], 1), normal([8, 70], 2), normal([70], 3));
      expect(large).toEqual(once('MatMulPacked'));
      const small = compare(dense, normal([13, 8], 1), normal([8, 7], 2), normal([7], 3));
      expect(small).toEqual(once('contraction'));
    } finally {
      end();
    }
  }),
);

const convolutions = [
  [[2, 9, 7, 3], [3, 3, 3, 5], 1, 'same', 1],
  [[1, 9, 8, 1], [3, 2, 1, 8], 2, 'same', 1],
  [[2, 10, 9, 4], [3, 3, 4, 6], 1, 'valid', 2],
  [[3, 8, 8, 2], [1, 1, 2, 3], 2, 'valid', 1],
  [[16, 12, 12, 8], [3, 3, 8, 16], 1, 'same', 1],
  [[2, 8, 7, 3], [3, 3, 3, 2], 1, 4, 1],
] as const;

describe.each(Object.keys(devices) as (keyof typeof devices)[])(
  'convolutions under jit, for %s',
  (device) => {
    devices[device]();
    it.each(share(convolutions, Object.keys(devices).indexOf(device)))(
      'of %j with %j by %s, %s, dilated by %s, and their gradients',
      (shape, filter, stride, pad, dilation) =>
        tf.tidy(() => {
          const [x, w, b] = [normal([...shape], 1), normal([...filter], 2), normal([filter[3]], 3)];
          const conv = (x: tf.Tensor, w: tf.Tensor): tf.Tensor =>
            tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad, 'NHWC', dilation);
          const forward = compare((x, w, b) => tf.relu(tf.add(conv(x!, w!), b!)), x, w, b);
          expect([forward.get('contraction'), forward.has('Conv2DMM')]).toEqual([1, false]);
          const loss = (x: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.sum(tf.sin(conv(x, w)));
          const both: F = (x, w) =>
            valueAndGrad(loss, { argnums: [0, 1] })(x!, w!)[1] as unknown as tf.Tensor[];
          expect(compare(both, x, w).get('contraction')).toBeGreaterThanOrEqual(2);
        }),
    );
  },
);

describe.each(Object.keys(devices) as (keyof typeof devices)[])('reductions under jit, for %s', (device) => {
  devices[device]();
  const ops = { sum: tf.sum, mean: tf.mean, max: tf.max, min: tf.min };
  it.each([
    [[7, 5], [0]],
    [[7, 5], [1]],
    [
      [7, 5],
      [0, 1],
    ],
    [
      [4, 3, 5, 2],
      [0, 2],
    ],
    [
      [4, 3, 5, 2],
      [1, 3],
    ],
    [[300, 70], [0]],
    [[2, 2000], [1]],
    [[5000], [0]],
  ] as const)('of %j over %j are one dispatch, with what is done before and behind', (shape, axes) =>
    tf.tidy(() => {
      const x = normal([...shape], 1);
      for (const op of Object.values(ops)) {
        const alone: F = (x) => op(x!, [...axes]);
        expect([...compare(alone, x).values()]).toEqual([1]);
      }
      const inside: F = (x) => tf.sqrt(tf.add(tf.sum(tf.square(tf.sub(x!, 0.5)), [...axes], true), 1));
      expect([...compare(inside, x).values()]).toEqual([1]);
    }),
  );

  it(
    'over axes of one there is nothing to do',
    tidily(() => {
      const x = normal([1, 5], 1);
      for (const op of Object.values(ops)) expect(compare((x) => op(x!, 0), x).size).toBe(0);
    }),
  );

  it(
    'NaN and infinities reach only their own results',
    tidily(() => {
      const x = tf.tensor2d([1, NaN, 3, Infinity, 2, 1e38, 2, -Infinity, 3e38], [3, 3]);
      for (const op of Object.values(ops)) compare((x) => [op(x!, 0), op(x!, 1), op(x!)], x);
    }),
  );

  it(
    'a normalisation is one dispatch',
    tidily(() => {
      const f: F = (x, gain) => {
        const centred = tf.sub(x!, tf.mean(x!, -1, true));
        return tf.mul(tf.div(centred, tf.sqrt(tf.mean(tf.square(centred), -1, true))), gain!);
      };
      for (const n of [10, 300]) expect(compare(f, normal([7, n], 1), normal([n], 2))).toEqual(once('rows'));
    }),
  );

  it(
    'a softmax is joined with what is around it',
    tidily(() => {
      const f: F = (x) => tf.mul(tf.softmax(tf.mul(x!, 0.5)), 2);
      expect(compare(f, normal([7, 65], 1))).toEqual(once('rows'));
    }),
  );
});
