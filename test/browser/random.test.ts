import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { grad, jit, random, vmap } from '../../src';
import { expectValues, read } from './support/read';
import { computeOnDevice } from './support/start';

// As tfjs has it by default: keys that were made here stay here, where integers keep all their bits.
beforeAll(() => computeOnDevice(false));
afterAll(() => computeOnDevice(true));

const unsigned = async (draw: (key: tf.Tensor) => tf.Tensor[]): Promise<number[][]> =>
  (await read(() => draw(random.key(42)))).map((values) => Array.from(values, (v) => v >>> 0));

// Numbers of jax.random (JAX 0.10.2) for PRNGKey(42).
test('keys and bits are those of JAX', async () => {
  expect(
    await unsigned((key) => [
      key,
      ...random.split(key, 3),
      random.keys(key, 3),
      random.fold(key, 7),
      random.bits(key, 5),
    ]),
  ).toEqual([
    [0, 42],
    [1832780943, 270669613],
    [64467757, 2916123636],
    [2465931498, 255383827],
    [1832780943, 270669613, 64467757, 2916123636, 2465931498, 255383827],
    [2547012911, 1371500959],
    [2098992034, 2919706841, 2646866425, 2409546199, 1935504149],
  ]);
});

const uniform = [
  0.48870956897735596, 0.6797971725463867, 0.6162714958190918, 0.5610160827636719, 0.4506446123123169,
];
const normal = [
  -0.02830461598932743, 0.4671318531036377, 0.2957029640674591, 0.15354591608047485, -0.12403281778097153,
  0.21692314743995667,
];

test('uniform and normal numbers are those of JAX, also jitted and mapped', () => {
  const compiled = jit((key: tf.Tensor) => random.normal(key, [6]));
  return expectValues(
    () => {
      const key = random.key(42);
      const copies = vmap((k: tf.Tensor) => random.normal(k, [6]))(tf.stack([key, random.key(42)]));
      return [random.uniform(key, [5]), random.normal(key, [6]), compiled(random.key(42)), copies];
    },
    [uniform, normal, normal, [...normal, ...normal]],
    1e-5,
  ).finally(() => compiled.dispose());
});

const withKeyOnDevice = (): Promise<void> =>
  expectValues(
    () => {
      const key = random.key(42);
      computeOnDevice(true);
      void tf.add(key, 1);
      const found = [random.uniform(key, [5]), random.normal(key, [6])];
      computeOnDevice(false);
      return found;
    },
    [uniform, normal],
    1e-5,
  );
// webgl would have to read such a key back.
if (tf.getBackend() !== 'webgl')
  test('a key that an op has had on the device gives the same numbers', withKeyOnDevice);

test('many numbers have the moments of their distribution, and a derivative by their parameters', async () => {
  const [moments, slope] = await read(() => {
    const x = random.normal(random.key(7), [100, 100]);
    const mean = (scale: tf.Tensor): tf.Tensor =>
      tf.mean(tf.square(tf.mul(scale, random.normal(random.key(7), [500]))));
    return [tf.stack([tf.mean(x), tf.mean(tf.square(x)), tf.max(tf.abs(x))]), grad(mean)(tf.scalar(2))];
  });
  const [mean, square, largest] = moments as unknown as [number, number, number];
  expect(Math.abs(mean)).toBeLessThan(0.04);
  expect(Math.abs(square - 1)).toBeLessThan(0.06);
  expect(largest).toBeGreaterThan(3);
  expect(largest).toBeLessThan(6);
  expect(Math.abs(slope![0]! - 4)).toBeLessThan(0.8);
});
