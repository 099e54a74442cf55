import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad, hessian, hvp, jacrev, jvp, valueAndGrad, vjp } from '../../src';
import { expectValues } from './support/read';

const sum = (x: tf.Tensor): tf.Tensor => tf.sum(x);

test('gradients of a pytree, and its value', () =>
  expectValues(() => {
    const loss = (p: { w: tf.Tensor; b: tf.Tensor }) => tf.mul(sum(tf.square(p.w)), p.b);
    const [value, { w, b }] = valueAndGrad(loss)({ w: tf.tensor1d([1, 2]), b: tf.scalar(3) });
    return [value, w, b];
  }, [[15], [6, 12], [5]]));

// tfjs itself: throws, or 3.297 for the first.
test('second derivatives', () =>
  expectValues(() => {
    const at = tf.scalar(0.5);
    const second = (f: (x: tf.Tensor) => tf.Tensor): tf.Tensor => grad(grad(f))(at);
    return [
      second((x) => tf.mul(x, tf.exp(x))),
      second((x) => tf.square(tf.tanh(x))),
      second((x) => tf.mul(x, tf.sigmoid(x))),
    ];
  }, [[4.1218032], [0.5652093], [0.441229]]));

test('forward mode, a pullback called twice, a Jacobian and a Hessian that are not square or symmetric by chance', () =>
  expectValues(() => {
    const a = tf.tensor2d([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const linear = (x: tf.Tensor): tf.Tensor => tf.reshape(tf.matMul(a, tf.reshape(x, [3, 1])), [2]);
    const x = tf.tensor1d([1, 0, -1]);
    const [y, dy] = jvp((t: tf.Tensor) => tf.square(linear(t)), [x], [tf.onesLike(x)]);
    const [, pullback] = vjp(linear, x);
    const [first] = pullback(tf.tensor1d([1, 0]));
    const [second] = pullback(tf.tensor1d([0, 1]));
    const cubes = (t: tf.Tensor): tf.Tensor => sum(tf.mul(t, tf.square(t)));
    return [
      y,
      dy,
      first!,
      second!,
      jacrev(linear)(x),
      hessian(cubes)(x),
      hvp(cubes, [x], [tf.tensor1d([1, 2, 3])])[0]!,
    ];
  }, [
    [4, 4],
    [-24, -60],
    [1, 2, 3],
    [4, 5, 6],
    [1, 2, 3, 4, 5, 6],
    [6, 0, 0, 0, 0, 0, 0, 0, -6],
    [6, 0, -18],
  ]));

test('a gradient penalty through a convolution', () =>
  expectValues(() => {
    const x = tf.tensor4d(
      Array.from({ length: 9 }, (_, i) => i / 9),
      [1, 3, 3, 1],
    );
    const layer = (image: tf.Tensor, k: tf.Tensor): tf.Tensor =>
      sum(tf.tanh(tf.conv2d(image as tf.Tensor4D, k as tf.Tensor4D, 1, 'valid')));
    const penalty = (k: tf.Tensor): tf.Tensor => sum(tf.square(grad(layer)(x, k)));
    return valueAndGrad(penalty)(tf.tensor4d([1, -1, 0.5, 2], [2, 2, 1, 1])) as tf.Tensor[];
  }, [[1.82032037], [0.26386511, -0.91732424, -1.18176842, -1.44718814]]));

test('integers and truth values on the way', () =>
  expectValues(() => {
    const x = tf.tensor2d([
      [3, 1, 2],
      [0, 5, 4],
    ]);
    const f = (t: tf.Tensor): tf.Tensor => {
      const { indices } = tf.topk(t, 2);
      const large = tf.greater(t, 1);
      const count = tf.cast(tf.sum(tf.cast(large, 'int32')), 'float32');
      return tf.mul(
        count,
        tf.add(sum(tf.where(large, tf.square(t), t)), tf.mul(0, sum(tf.cast(indices, 'float32')))),
      );
    };
    return [grad(f)(x), tf.cast(tf.transpose(tf.cast(x, 'int32')), 'float32')];
  }, [
    [24, 4, 16, 4, 40, 32],
    [3, 0, 1, 5, 2, 4],
  ]));

test('an index outside of an axis is an error on wasm; on a graphics card it picks a zero, and has no derivative', async () => {
  const x = (): tf.Tensor => tf.tensor1d([1, 2, 3]);
  const f = (y: tf.Tensor): tf.Tensor => tf.sum(tf.gather(y, tf.tensor1d([0, 3], 'int32')));
  if (tf.getBackend() === 'wasm')
    tf.tidy(() => void expect(() => grad(f)(x())).toThrow('the index value 3 is not in [0, 2]'));
  else await expectValues(() => valueAndGrad(f)(x()), [[1], [1, 0, 0]]);
});
