import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test, vi } from 'vitest';
import { grad, jit, jvp } from '../../src';
import { runKernel } from '../../src/core/kernel';

afterEach(() => void vi.restoreAllMocks());

test('without a backend, functions of numbers say what to import', () => {
  vi.spyOn(tf.engine(), 'backendNames').mockReturnValue([]);
  const square = (x: tf.Tensor): tf.Tensor => tf.square(x);
  const message = /: TensorFlow\.js has no backend yet\. Import one/;
  expect(() => grad(square)(2 as never)).toThrow(message);
  expect(() => jvp(square, [2 as never], [1 as never])).toThrow(message);
  expect(() => jit(square)(2 as never)).toThrow(message);
});

test('a kernel that the backend lacks is named, with the loaded backends that have it', () => {
  const backendName = 'another one';
  const { registry } = tf.engine();
  registry[backendName] = { dispose() {} } as unknown as tf.KernelBackend;
  tf.registerKernel({ kernelName: 'NoSuchKernel', backendName, kernelFunc: () => [] });
  try {
    tf.tidy(() => {
      expect(() => runKernel('NoSuchKernel', { x: tf.scalar(1) })).toThrow(
        `The ${tf.getBackend()} backend has no kernel NoSuchKernel, and nothing stands for it there. ` +
          `Loaded backends that have it: ${backendName}.`,
      );
    });
  } finally {
    tf.unregisterKernel('NoSuchKernel', backendName);
    delete registry[backendName];
  }
});
