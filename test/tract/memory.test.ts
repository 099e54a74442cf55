import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, tract } from '../../src';
import { uniform } from './problem';

/** The most bytes that tensors took at any moment of `body`, above what there was before. */
function peakBytes(body: () => void): number {
  const engine = tf.engine() as unknown as {
    trackTensor(this: unknown, ...args: unknown[]): void;
    state: { numBytes: number };
  };
  const before = engine.state.numBytes;
  let peak = before;
  const own = Object.prototype.hasOwnProperty.call(engine, 'trackTensor');
  expect(own).toBe(false);
  engine.trackTensor = function (this: typeof engine, ...args: unknown[]) {
    (Object.getPrototypeOf(engine) as typeof engine).trackTensor.apply(this, args);
    peak = Math.max(peak, engine.state.numBytes);
  };
  try {
    tf.tidy(body);
  } finally {
    delete (engine as Partial<typeof engine>).trackTensor;
  }
  return peak - before;
}

describe('the unfolded input is never held whole', () => {
  const MiB = 2 ** 20;
  const stem = (w: tf.Tensor, x: tf.Tensor): tf.Tensor =>
    tf.mean(tf.square(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same')));
  // The stem of an ImageNet network, 7 x 7 with stride 2, on smaller pictures: unfolded, each takes 0.32 MiB.
  const n = 7 * 7 * 3;
  const unfolded = (batch: number): number => batch * 24 * 24 * n * 4;
  // Read, so that no shader of it is left to the next test.
  const run = (batch: number, corrected: boolean): number => {
    const x = uniform([batch, 48, 48, 3], 'pictures');
    const w = uniform([7, 7, 3, 2], 'filter');
    const peak = peakBytes(() => void grad(corrected ? tract(stem) : stem)(w, x).dataSync());
    tf.dispose([x, w]);
    return peak;
  };

  it('above the ordinary gradient, there are blocks and a Gram matrix, however many the pictures', () => {
    const [few, many] = [26, 34].map((batch) => run(batch, true) - run(batch, false)) as [number, number];
    // More than one block of 8 MiB either way.
    expect(unfolded(34) - unfolded(26)).toBeGreaterThan(2.5 * MiB);
    expect(many - few).toBeLessThan(0.6 * MiB);
    // What a batch of any size may take: see bench/tract/memory.ts for one of 64 pictures of 224 x 224.
    expect(many).toBeLessThan(64 * MiB + n * n * 4);
  });
});
