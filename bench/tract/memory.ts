/**
 * Memory that TrAct takes above the ordinary gradient, for the stem of an ImageNet network: 7 x 7, stride 2, 224 x 224. Unfolded, a batch of 64
 * takes 450 MiB.
 *
 *     npx tsx bench/tract/memory.ts [wasm | cpu] [batch] [outputs]
 */
import * as tf from '@tensorflow/tfjs-core';
import { grad, tract } from '../../src';
import { start } from '../support/backends';

const [backend = 'wasm', batch = '64', outputs = '64'] = process.argv.slice(2);
await start(backend);

/** The most bytes that tensors take at any moment of `body`, above what there was before. */
function peakBytes(body: () => void): number {
  const engine = tf.engine() as unknown as {
    trackTensor(...args: unknown[]): void;
    state: { numBytes: number };
  };
  const before = engine.state.numBytes;
  let peak = before;
  const track = engine.trackTensor;
  engine.trackTensor = function (...args) {
    track.apply(engine, args);
    peak = Math.max(peak, engine.state.numBytes);
  };
  try {
    tf.tidy(body);
  } finally {
    delete (engine as Partial<typeof engine>).trackTensor;
  }
  return peak - before;
}

const MiB = 2 ** 20;
const stem = (w: tf.Tensor, x: tf.Tensor): tf.Tensor =>
  tf.sum(tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 2, 'same'));
const x = tf.randomUniform([Number(batch), 224, 224, 3]);
const w = tf.randomNormal([7, 7, 3, Number(outputs)], 0, 0.1);
const n = 7 * 7 * 3;
const plain = peakBytes(() => void grad(stem)(w, x));
const corrected = peakBytes(() => void grad(tract(stem))(w, x));
const allowed = 64 * MiB + n * n * 4;
console.log(
  `${backend}, batch ${batch}, 7 x 7 x 3 -> ${outputs}, stride 2: peak ${(plain / MiB).toFixed(1)} MiB, with TrAct ${(corrected / MiB).toFixed(1)} MiB; ` +
    `${((corrected - plain) / MiB).toFixed(1)} MiB more (at most ${(allowed / MiB).toFixed(1)} wanted), of ${((Number(batch) * 112 * 112 * n * 4) / MiB).toFixed(0)} MiB unfolded`,
);
