import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { addressOf, allocate, memoryOf } from '../../../src/wasm/memory';

test('a tensor of the wasm backend is read and written in place', () => {
  const x = tf.tensor1d([1, 2, 3]);
  const backend = tf.backend();
  const y = allocate(backend, [3], 'float32');
  const { buffer } = memoryOf(backend)!;
  const values = new Float32Array(buffer, addressOf(backend, x), 3);
  new Float32Array(buffer, addressOf(backend, y), 3).set(values.map((v) => 2 * v));
  expect([...((backend as tf.KernelBackend).readSync(y.dataId) as Float32Array)]).toEqual([2, 4, 6]);
  (backend as tf.KernelBackend).disposeData(y.dataId);
  x.dispose();
});

test('other backends have no such memory, and text no address', () => {
  expect(memoryOf({})).toBeUndefined();
  const text = tf.tensor1d(['a']);
  expect(() => addressOf(tf.backend(), text)).toThrow(/not in the memory/);
  text.dispose();
});
