import * as tf from '@tensorflow/tfjs-core';
import { afterAll, expect, test, vi } from 'vitest';
import { grad, jit } from '../../../src';
import { worksInPlace } from '../../../src/core/inPlace';

// As under a policy that forbids it, or where there are no SIMD instructions.
class Refused {
  constructor() {
    throw new WebAssembly.CompileError('refused');
  }
}
vi.stubGlobal('WebAssembly', {
  Memory: WebAssembly.Memory,
  CompileError: WebAssembly.CompileError,
  Module: Refused,
});
afterAll(() => void vi.unstubAllGlobals());

test('where no WebAssembly can be compiled, loops, products and convolutions are computed in JavaScript', () =>
  tf.tidy(() => {
    expect(worksInPlace('cpu')).toBe(false);
    const x = tf.tensor4d(
      Array.from({ length: 2 * 6 * 6 * 3 }, (_, i) => Math.sin(i)),
      [2, 6, 6, 3],
    );
    const filter = tf.tensor4d(
      Array.from({ length: 3 * 3 * 3 * 4 }, (_, i) => Math.cos(i)),
      [3, 3, 3, 4],
    );
    const loss = (w: tf.Tensor): tf.Tensor => {
      const y = tf.tanh(tf.conv2d(x, w as tf.Tensor4D, 1, 'same'));
      const rows = tf.reshape(y, [-1, 4]);
      return tf.sum(tf.square(tf.matMul(rows, rows, true, false)));
    };
    const step = (w: tf.Tensor): tf.Tensor => tf.sub(w, tf.mul(grad(loss)(w), 0.01));
    const jitted = jit(step);
    const [found, expected] = [jitted(filter).dataSync(), step(filter).dataSync()];
    found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 4));
    jitted.dispose();
  }));

test('such loops round each result to float32 as the kernels do', () =>
  tf.tidy(() => {
    const x = tf.linspace(-3, 3, 50);
    const f = (t: tf.Tensor): tf.Tensor => tf.mul(tf.add(tf.tanh(t), tf.exp(t)), tf.sub(1, tf.mul(t, t)));
    const jitted = jit(f);
    expect(Array.from(jitted(x).dataSync())).toEqual(Array.from(f(x).dataSync()));
    jitted.dispose();
  }));
