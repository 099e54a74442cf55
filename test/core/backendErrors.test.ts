import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, test, vi } from 'vitest';
import { grad, jacfwd, jacrev, jit, jvp, linalg } from '../../src';
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

test('complex numbers where none are taken', () => {
  if (!tf.getKernel('Complex', tf.getBackend())) {
    const call = (): unknown => grad((x: tf.Tensor) => tf.sum(tf.real(tf.complex(x, x))))(tf.ones([2]));
    expect(() => tf.tidy(() => void call())).toThrow(`The ${tf.getBackend()} backend has no kernel Complex`);
    const spectrum = jit((x: tf.Tensor) => tf.abs(tf.fft(tf.complex(x, x))));
    expect(() => tf.tidy(() => void spectrum(tf.ones([2, 2])))).toThrow(
      `The ${tf.getBackend()} backend has no kernel FFT`,
    );
    spectrum.dispose();
    return;
  }
  tf.tidy(() => {
    const z = tf.complex([1, 2], [3, 4]);
    const where = tf.getBackend();
    // TensorFlow's own kernels take them.
    if (where !== 'tensorflow') {
      const message = `Sum: input x is complex64[2], and the ${where} backend's kernel does not take complex numbers`;
      expect(() => grad((x: tf.Tensor) => tf.real(tf.sum(x)))(z)).toThrow(message);
      const compiled = jit((x: tf.Tensor) => tf.real(tf.sum(x)));
      expect(() => compiled(z)).toThrow(message);
      compiled.dispose();
    }
    expect(() => grad((x: tf.Tensor) => x)(tf.complex(3, 4))).toThrow(
      'requires float outputs, got complex64[]',
    );
    expect(() => jacrev((x: tf.Tensor) => tf.real(x))(z)).toThrow(
      'jacrev takes real numbers, got complex64[2]. Split it with tf.real and tf.imag.',
    );
    expect(() => jacfwd((x: tf.Tensor) => tf.complex(x, x))(tf.ones([2]))).toThrow(
      'jacfwd requires real outputs, got complex64[2]',
    );
    expect(() => linalg.cholesky(tf.complex([[1]], [[1]]))).toThrow('linalg.cholesky: a must be float32');
  });
});
