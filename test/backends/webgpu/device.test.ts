import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad, jit, vmap } from '../../../src';

test('a lost device is named by the transformations that would run on it', async () => {
  const { device } = tf.backend() as unknown as { device: GPUDevice };
  const square = (x: tf.Tensor): tf.Tensor => tf.sum(tf.square(x));
  const jitted = jit(square);
  const loop = jit((t: tf.Tensor) => tf.exp(tf.neg(t)));
  const x = tf.tensor1d([1, 2]);
  tf.tidy(() => {
    expect([...grad(square)(x).dataSync()]).toEqual([2, 4]);
    expect(jitted(x).dataSync()[0]).toBe(5);
    expect(loop(x).dataSync()[0]).toBeCloseTo(Math.exp(-1));
  });
  device.destroy();
  await device.lost;
  const message = /The GPU device of the webgpu backend is lost \(.+\), and with it all tensors there\./;
  expect(() => grad(square)(x)).toThrow(message);
  expect(() => vmap((t: tf.Tensor) => tf.square(t))(x)).toThrow(message);
  expect(() => jitted(x)).toThrow(message);
  expect(() => loop(x)).toThrow(message);
  jitted.dispose();
  loop.dispose();
  x.dispose();
});

test('a new registration starts again, as the message says', async () => {
  const factory = tf.findBackendFactory('webgpu');
  tf.removeBackend('webgpu');
  tf.registerBackend('webgpu', factory);
  await tf.setBackend('webgpu');
  const loop = jit((t: tf.Tensor) => tf.exp(tf.neg(t)));
  const x = tf.tensor1d([1, 2]);
  const found = tf.tidy(() => [grad((t: tf.Tensor) => tf.sum(tf.square(t)))(x), loop(x)]);
  expect([...(await found[0]!.data())]).toEqual([2, 4]);
  expect((await found[1]!.data())[0]).toBeCloseTo(Math.exp(-1));
  loop.dispose();
  tf.dispose([x, found]);
});
