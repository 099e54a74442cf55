import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

interface WebGPUBackend {
  uploadToGPU(dataId: object): void;
  tensorMap: { get(dataId: object): { values: unknown } };
}

/** Numbers of all magnitudes and signs; as floats, NaN among them. */
const bits = (size: number): Int32Array =>
  Int32Array.from({ length: size }, (_, i) => Math.imul(i + 1, 0x9e3779b1));

// What tests read synchronously they read by test/support: a canvas has rows of 64 numbers, and at most 2048 of these.
test.each([1, 63, 64, 65, 1000, 131072, 131072 + 65])('%i numbers arrive with every bit', (size) => {
  tf.tidy(() => {
    const backend = tf.backend() as unknown as WebGPUBackend;
    const given = bits(size);
    const { dataId } = tf.tensor1d(given.slice(), 'int32');
    backend.uploadToGPU(dataId);
    backend.tensorMap.get(dataId).values = null;
    const found = tf.backend().readSync(dataId) as Int32Array;
    expect(found.length).toBe(size);
    expect(found.every((value, i) => value === given[i])).toBe(true);
  });
});
