import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad, jit, tract, tree, valueAndGrad } from '../../../src';
import { batchNorm } from '../../../src/nn';
import { watch } from './watch';

const valuesOf = (t: unknown): number[] =>
  (tree.leaves(t) as tf.Tensor[]).flatMap((leaf) => Array.from(leaf.dataSync()));

/** Up to rounding: TensorFlow multiplies two matrices otherwise in a graph. */
const expectClose = (found: unknown, expected: unknown): void => {
  const values = valuesOf(expected);
  valuesOf(found).forEach((v, i) => expect(Math.abs(v - values[i]!)).toBeLessThan(1e-5 * (1 + Math.abs(v))));
};

/** Enough calls for a graph, in a transposed product, reductions, comparisons and a choice. */
const mixed = (x: tf.Tensor2D, y: tf.Tensor2D): tf.Tensor[] => {
  const z = tf.add(tf.matMul(x, y, false, true), tf.sum(x, 1));
  const chosen = tf.where(tf.greater(z, tf.mean(z)), tf.tanh(z), tf.mul(z, -0.5));
  return [
    tf.softmax(chosen),
    tf.argMax(chosen, 0),
    tf.transpose(
      tf.pad(tf.sub(z, tf.max(z)), [
        [1, 0],
        [0, 2],
      ]),
    ),
  ];
};

const matrix = (seed: number, shape: [number, number] = [4, 4]): tf.Tensor2D =>
  tf.randomNormal(shape, 0, 1, 'float32', seed);

test('from its third call on a jitted function is one graph of TensorFlow, which it frees', () => {
  const f = jit(mixed);
  const { runs, left, models } = watch(() => {
    const [a, b, c] = [matrix(1), matrix(2), matrix(3)];
    const plain = [mixed(a, b), mixed(b, c), mixed(c, a), mixed(a, c)];
    [f(a, b), f(b, c), f(c, a)].forEach((found, i) => expectClose(found, plain[i]));
    const before = watch(() => expectClose(f(a, c), plain[3]));
    expect(before.ops).toEqual([]);
    expect(before.runs).toBe(1);
    f.dispose();
  });
  expect(runs).toBe(2);
  expect(left).toBe(0);
  expect(models).toBe(0);
});

test('a tensor given twice makes a graph, and is not taken for one input later', () =>
  tf.tidy(() => {
    const f = jit(mixed);
    const [a, b] = [matrix(1), matrix(2)];
    const twice = (x: tf.Tensor2D): void => expectClose(f(x, tf.clone(x)), mixed(x, x));
    for (let i = 0; i < 3; i++) twice(a);
    expect(watch(() => void f(b, tf.clone(b))).runs).toBe(1);
    for (let i = 0; i < 3; i++) expectClose(f(a, b), mixed(a, b));
    twice(b);
    for (const [x, y] of [
      [a, b],
      [b, b],
    ] as const)
      expect(watch(() => void f(x, y)).runs).toBe(1);
    f.dispose();
  }));

test('a number of the program is still an input where it is one', () =>
  tf.tidy(() => {
    const factor = tf.scalar(3);
    const scaled = (x: tf.Tensor2D, by: tf.Tensor): tf.Tensor[] => mixed(tf.mul(x, factor), tf.mul(x, by));
    const f = jit(scaled);
    const a = matrix(8);
    for (let i = 0; i < 3; i++) expectClose(f(a, factor), scaled(a, factor));
    for (let i = 0; i < 3; i++) expectClose(f(a, tf.scalar(i)), scaled(a, tf.scalar(i)));
    expect(watch(() => expectClose(f(a, factor), scaled(a, factor))).runs).toBe(1);
    f.dispose();
  }));

test('a bias is added on either side, to products and to what is none', () =>
  tf.tidy(() => {
    const f = (x: tf.Tensor2D, bias: tf.Tensor): tf.Tensor[] => [
      ...mixed(tf.add(tf.matMul(x, x), bias), x),
      tf.add(bias, tf.sub(x, bias)),
      tf.add(tf.stack([x, x]), bias),
      // Columns of one element each are no biases.
      tf.add(bias, tf.sum(x, 1, true)),
    ];
    const g = jit(f);
    const bias = tf.tensor1d([1, -2, 0.5, 3]);
    for (let i = 0; i < 3; i++) expectClose(g(matrix(9), bias), f(matrix(9), bias));
    g.dispose();
  }));

test('a graph has the gradients of convolutions, pooling and batch norm', () =>
  tf.tidy(() => {
    const norm = batchNorm();
    const still = tf.zeros([3]);
    const loss = (p: Record<'filter' | 'scale' | 'bias', tf.Tensor>, x: tf.Tensor4D): tf.Tensor => {
      const z = tf.conv2d(x, p.filter as tf.Tensor4D, 2, 'same');
      const [y] = norm.apply({ scale: p.scale, bias: p.bias }, { mean: still, variance: still }, z, {
        train: true,
      });
      return tf.sum(tf.square(tf.add(tf.maxPool(tf.relu(y as tf.Tensor4D), 2, 1, 'valid'), tf.mean(y))));
    };
    const x = tf.randomNormal<tf.Rank.R4>([2, 8, 6, 2], 0, 1, 'float32', 4);
    const params = {
      filter: tf.randomNormal([3, 3, 2, 3], 0, 1, 'float32', 5),
      scale: tf.tensor1d([1, 2, -1]),
      bias: tf.tensor1d([0, 0.5, 1]),
    };
    const f = jit(valueAndGrad(loss));
    const first = f(params, x);
    f(params, x);
    const { ops, runs } = watch(() => expectClose(f(params, x), first));
    expect([ops, runs]).toEqual([[], 1]);
    f.dispose();
  }));

test("a graph has TrAct's sums in float64", () =>
  tf.tidy(() => {
    const loss = (w: tf.Tensor2D, x: tf.Tensor2D): tf.Tensor =>
      tf.sum(tf.square(tf.tanh(tf.sin(tf.sigmoid(tf.matMul(x, w))))));
    const gradient = grad(tract(loss, 0.1));
    // With a mean beside which the spread has too few of float32's digits.
    const x = tf.add(tf.mul(matrix(6, [20, 5]), 0.1), 100) as tf.Tensor2D;
    const w = tf.mul(matrix(7, [5, 3]), 0.01) as tf.Tensor2D;
    const f = jit(gradient);
    for (let i = 0; i < 2; i++) expectClose(f(w, x), gradient(w, x));
    const expected = gradient(w, x);
    const { ops, runs } = watch(() => expectClose(f(w, x), expected));
    expect(runs).toBeGreaterThan(0);
    expect(ops).not.toContain('BatchMatMulV2');
    f.dispose();
  }));

test('where TensorFlow does not run the graph, ops run one by one', () =>
  tf.tidy(() => {
    const f = jit(mixed);
    const [a, b] = [matrix(1), matrix(2)];
    f(a, b);
    f(b, a);
    const { runs, models } = watch(
      () => {
        for (let i = 0; i < 2; i++) expectClose(f(a, b), mixed(a, b));
      },
      {
        runSavedModel: () => {
          throw new Error('no');
        },
      },
    );
    expect(runs).toBe(0);
    expect(models).toBe(-1);
    f.dispose();
  }));

test('products with zeros stay what they are', () =>
  tf.tidy(() => {
    const f = jit((x: tf.Tensor) => {
      let y = tf.mul(x, tf.zerosLike(x));
      for (let i = 0; i < 8; i++) y = tf.add(y, tf.mul(y, i));
      return y;
    });
    const x = tf.tensor1d([NaN, Infinity, 1]);
    for (let i = 0; i < 4; i++) expect(valuesOf(f(x))).toEqual([NaN, NaN, 0]);
    f.dispose();
  }));

// TensorFlow joins the constants that it finds in a graph.
test('numbers of a program are no constants of its graph: sums and products round as they are written', () =>
  tf.tidy(() => {
    const magic = 1.5 * 2 ** 23;
    const f = (x: tf.Tensor): tf.Tensor[] => {
      const rounded = tf.sub(tf.add(x, magic), magic);
      const tiny = tf.mul(tf.mul(x, 1e-30), 1e-30);
      const inner = tf.sub(tf.add(tf.sub(x, magic), magic), x);
      return [rounded, tiny, inner, tf.add(tf.add(tf.mul(rounded, tiny), inner), 1)];
    };
    const g = jit(f);
    const x = tf.tensor1d([0.3, 1.7, 1e38]);
    const expected = f(x).map(valuesOf);
    for (let i = 0; i < 4; i++) expect(g(x).map(valuesOf)).toEqual(expected);
    expect(watch(() => void g(x)).runs).toBe(1);
    g.dispose();
  }));
