import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad, jacrev, jit, jvp, random } from '../../src';

// In the project that loads no backend.
test('without a backend each entry says what to import', () => {
  expect(tf.engine().backendNames()).toEqual([]);
  const square = (x: tf.Tensor): tf.Tensor => tf.square(x);
  const message = /: TensorFlow\.js has no backend yet\. Import one, '@tensorflow\/tfjs-backend-cpu' say/;
  const calls: Record<string, () => unknown> = {
    grad: () => grad(square)(2 as never),
    jacrev: () => jacrev(square)(2 as never),
    jvp: () => jvp(square, [2 as never], [1 as never]),
    jit: () => jit(square)(2 as never),
    key: () => random.key(1),
  };
  for (const [name, call] of Object.entries(calls)) expect(call, name).toThrow(message);
});
