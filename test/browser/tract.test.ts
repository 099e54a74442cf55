import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { tract, valueAndGrad } from '../../src';
import { relativeError, rows, tractGradient } from '../tract/oracle';
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
    expect(relativeError(rows(found, m), tractGradient(rows(x, n), rows(g, m), lambda))).toBeLessThan(1e-4);
    expect(value[0]).toBe(plain[0]);
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
  expect(relativeError([[...primal[1]!]], [[...dual[1]!]])).toBeLessThan(1e-3);
  expect(relativeError([[...primal[1]!]], [[...plain[1]!]])).toBeGreaterThan(0.1);
});
