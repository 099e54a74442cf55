import * as tf from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import { permutation, type Uniform } from '../shared/chance';
import { type Augmentation, place, UPRIGHT } from './augment';
import { type ImageSet, sizeOf } from './imageSet';
import type { Scaling } from './standardise';

export interface Batch {
  /** [b, height, width, channels], standardised */
  readonly x: tf.Tensor4D;
  /** [b], int32 */
  readonly y: tf.Tensor1D;
}

/** The pictures at the given positions as tensors of the caller's scope. */
export function batchOf(
  images: ImageSet,
  positions: ArrayLike<number>,
  { mean, deviation }: Scaling,
  augmentation?: Augmentation,
  uniform: Uniform = Math.random,
): Batch {
  const { height, width, channels, pixels, labels } = images;
  const size = sizeOf(images);
  const b = positions.length;
  const x = new Float32Array(b * size);
  const y = new Int32Array(b);
  for (let row = 0; row < b; row++) {
    const from = positions[row]! * size;
    const { flip, down, right } = augmentation ? place(augmentation, uniform) : UPRIGHT;
    y[row] = labels[positions[row]!]!;
    for (let i = 0; i < height; i++) {
      for (let j = 0; j < width; j++) {
        const [si, sj] = [i + down, (flip ? width - 1 - j : j) + right];
        if (si < 0 || si >= height || sj < 0 || sj >= width) continue; // padding: the mean colour, which is 0
        for (let c = 0; c < channels; c++) {
          const value = pixels[from + (si * width + sj) * channels + c]!;
          x[row * size + (i * width + j) * channels + c] = (value - mean[c]!) / deviation[c]!;
        }
      }
    }
  }
  return { x: tf.tensor4d(x, [b, height, width, channels]), y: tf.tensor1d(y, 'int32') };
}

export interface BatchOptions {
  readonly batch: number;
  readonly seed: number;
  readonly scaling: Scaling;
  readonly augmentation?: Augmentation;
}

/** How many batches an epoch has; the last may be smaller. */
export const batchesIn = (images: ImageSet, batch: number): number => Math.ceil(images.count / batch);

/**
 * The batches of one epoch in an order of its own, from a given one on. Each is a function of seed, epoch and its place alone: a run
 * that is taken up in the middle gets what it would have got.
 */
export function* shuffled(
  images: ImageSet,
  epoch: number,
  start: number,
  { batch, seed, scaling, augmentation }: BatchOptions,
): Generator<Batch> {
  const order = permutation(images.count, seedrandom(`${seed}: order of epoch ${epoch}`));
  for (let i = start; i < batchesIn(images, batch); i++) {
    const uniform = seedrandom(`${seed}: pictures of epoch ${epoch}, batch ${i}`);
    yield batchOf(images, order.subarray(i * batch, (i + 1) * batch), scaling, augmentation, uniform);
  }
}

/** All pictures in their own order. */
export function* inOrder(images: ImageSet, batch: number, scaling: Scaling): Generator<Batch> {
  for (let start = 0; start < images.count; start += batch) {
    const b = Math.min(batch, images.count - start);
    const positions = Int32Array.from({ length: b }, (_, i) => start + i);
    yield batchOf(images, positions, scaling);
  }
}
