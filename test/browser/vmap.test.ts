import * as tf from '@tensorflow/tfjs-core';
import { test } from 'vitest';
import { grad, jit, makeJaxpr, vmap } from '../../src';
import { expect } from 'vitest';
import { expectValues, read } from './support/read';

const matrix = (): tf.Tensor2D =>
  tf.tensor2d([
    [1, 2],
    [3, 4],
  ]);

test('vmap along another axis, of both arguments, and of one', () =>
  expectValues(
    () => [
      vmap((column: tf.Tensor) => tf.sum(column), { inAxes: 1 })(matrix()),
      vmap((a: tf.Tensor, b: tf.Tensor) => tf.dot(a, b))(matrix(), matrix()),
      vmap((a: tf.Tensor, b: tf.Tensor) => tf.mul(a, b), { inAxes: [0, null] })(
        matrix(),
        tf.tensor1d([10, 100]),
      ),
    ],
    [
      [4, 6],
      [5, 25],
      [10, 200, 30, 400],
    ],
  ));

test('per-example gradients, and the gradient of a vmap', () =>
  expectValues(() => {
    const loss = (w: tf.Tensor, x: tf.Tensor, y: tf.Tensor): tf.Tensor =>
      tf.square(tf.sub(tf.sum(tf.mul(w, x)), y));
    const w = tf.tensor1d([1, -1]);
    const y = tf.tensor1d([0, 1]);
    const perExample = vmap(loss, { inAxes: [null, 0, 0] });
    return [
      vmap(grad(loss), { inAxes: [null, 0, 0] })(w, matrix(), y),
      grad((v: tf.Tensor) => tf.sum(perExample(v, matrix(), y)))(w),
    ];
  }, [
    [-2, -4, -12, -16],
    [-14, -20],
  ]));

test('vmap of a convolution, of a pooling and of a selection', async () => {
  const x = (): tf.Tensor => tf.reshape(tf.sin(tf.range(0, 64)), [2, 2, 4, 4, 1]);
  const k = (): tf.Tensor4D => tf.tensor4d([1, -1, 0.5, 2], [2, 2, 1, 1]);
  const f = (image: tf.Tensor): tf.Tensor => {
    const y = tf.conv2d(image as tf.Tensor4D, k(), 1, 'same');
    return tf.maxPool(tf.where(tf.greater(y, 0), y, tf.mul(y, 0.1)) as tf.Tensor4D, 2, 2, 'valid');
  };
  const [found, first, second] = await read(() => {
    const images = x();
    const example = (i: number): tf.Tensor => f(tf.reshape(tf.slice(images, [i], [1]), [2, 4, 4, 1]));
    return [vmap(f)(images), example(0), example(1)];
  });
  [...first!, ...second!].forEach((v, i) => expect(found![i]).toBeCloseTo(v, 5));
});

test('jit: one trace for many calls, and derivatives of the program', async () => {
  let traces = 0;
  const f = (x: tf.Tensor): tf.Tensor => {
    traces++;
    return tf.sum(tf.mul(x, tf.tanh(x)));
  };
  const g = jit(grad(f));
  const second = jit((x: tf.Tensor) => grad((t: tf.Tensor) => tf.sum(g(t)))(x));
  for (const at of [0.5, 0.25]) {
    const expected = Math.tanh(at) + at / Math.cosh(at) ** 2;
    await expectValues(() => [g(tf.tensor1d([at, 0]))], [[expected, 0]]);
  }
  await expectValues(() => [second(tf.scalar(0.5))], [[1.2094645]]);
  expect(traces).toBe(2);
  g.dispose();
  second.dispose();
});

test('makeJaxpr', () =>
  expect(tf.tidy(() => String(makeJaxpr((x: tf.Tensor) => tf.mul(tf.sin(x), x))(tf.scalar(1))))).toMatch(
    /Sin[^]*Multiply/,
  ));
