import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad, tract, valueAndGrad } from '../../src';
import { exact, matrixOf, photographs, random } from '../tract/hardInputs';
import { relativeError, rows, tractGradient, type Matrix } from '../tract/oracle';
import { uniform } from '../tract/problem';
import { read } from './support/read';

test.each([
  [12, 5, 3],
  [5, 40, 3],
  [64, 48, 8],
])('a dense layer of %d rows, %d features and %d outputs: float64 closed form', async (b, n, m) => {
  for (const lambda of [0.1, 0.01]) {
    const values = await read(() => {
      const [x, w, g] = [uniform([b, n], 'x'), uniform([n, m], 'w'), uniform([b, m], 'g')];
      const loss = (v: tf.Tensor, data: tf.Tensor): tf.Tensor => tf.sum(tf.mul(tf.matMul(data, v), g));
      const [value, found] = valueAndGrad(tract(loss, lambda))(w, x);
      return [x, g, found, value, loss(w, x)];
    });
    const [x, g, found, value, plain] = values as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ];
    expect(relativeError(rows(found, m), tractGradient(rows(x, n), rows(g, m), lambda))).toBeLessThan(1e-5);
    // Products of ours and of the backend round differently.
    expect(Math.abs(value[0]! / plain[0]! - 1)).toBeLessThan(1e-6);
  }
});

const pictures: [string, Matrix][] = [
  ['raw photographs', photographs(60, 4, 3)],
  ['fewer of them than features', photographs(20, 4, 3)],
  ['constant images', matrixOf(30, 27, (i) => (i * 37) % 256)],
  ['one hot pixel', matrixOf(40, 27, (_, j) => (j === 5 ? 255 : 0))],
];

test.each(pictures)('%s, values 0 to 255, are as good as float64', async (_, x) => {
  const [b, n, m] = [x.length, x[0]!.length, 3];
  const g = matrixOf(b, m, random('cotangent'));
  for (const lambda of [1e-4, 0.1, 1e3]) {
    const found = await read(() => {
      const [data, ct] = [tf.tensor2d(x), tf.tensor2d(g)];
      const loss = (v: tf.Tensor): tf.Tensor => tf.sum(tf.mul(tf.matMul(data, v), ct));
      return (['primal', 'dual'] as const).map((form) =>
        grad(tract(loss, { lambda, form }))(tf.zeros([n, m])),
      );
    });
    const expected = exact(x, g, lambda);
    for (const values of found) expect(relativeError(rows(values, m), expected)).toBeLessThan(1e-5);
  }
});

test('a network with a convolution: values, biases and later layers as without; primal and dual agree', async () => {
  const names = ['kernel', 'bias', 'head'] as const;
  const run = (form?: 'primal' | 'dual'): tf.Tensor[] => {
    const x = uniform([4, 6, 6, 2], 'x') as tf.Tensor4D;
    const y = uniform([4, 3], 'y');
    const params = {
      kernel: uniform([3, 3, 2, 5], 'k'),
      bias: uniform([5], 'b'),
      head: uniform([80, 3], 'h'),
    };
    const loss = (p: typeof params, image: tf.Tensor): tf.Tensor => {
      const z = tf.add(tf.conv2d(image as tf.Tensor4D, p.kernel as tf.Tensor4D, 1, 'valid'), p.bias);
      return tf.mean(tf.square(tf.sub(tf.matMul(tf.reshape(tf.relu(z), [4, 80]), p.head), y)));
    };
    const f = form ? tract(loss, { lambda: 0.1, form }) : loss;
    const [value, gradient] = valueAndGrad(f)(params, x);
    return [value, ...names.map((name) => gradient[name])];
  };
  const [plain, primal, dual] = await Promise.all([
    read(() => run()),
    read(() => run('primal')),
    read(() => run('dual')),
  ]);
  for (const found of [primal, dual]) {
    expect(found[0]).toEqual(plain[0]);
    expect(relativeError([[...found[2]!]], [[...plain[2]!]])).toBeLessThan(1e-5);
    expect(relativeError([[...found[3]!]], [[...plain[3]!]])).toBeLessThan(1e-5);
  }
  expect(relativeError([[...primal[1]!]], [[...dual[1]!]])).toBeLessThan(1e-5);
  expect(relativeError([[...primal[1]!]], [[...plain[1]!]])).toBeGreaterThan(0.1);
});
