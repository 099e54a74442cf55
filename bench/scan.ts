/** The gradient of a recurrent net over 50 steps: lax.scan, eager and jitted, against the loop written out. */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { grad, jit, lax } from '../src';
import { alternate } from './support/alternate';
import { start } from './support/backends';

const backend = process.argv[2] ?? 'wasm';
await start(backend);
const [steps, batch, width] = [50, 16, 32];
const w = tf.randomNormal([width, width], 0, width ** -0.5, 'float32', 1);
const xs = tf.randomNormal([steps, batch, width], 0, 1, 'float32', 2);
const h0 = tf.zeros([batch, width]);
const cell = (v: tf.Tensor, h: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.tanh(tf.add(tf.matMul(h, v), x));
const scanned = (v: tf.Tensor): tf.Tensor =>
  tf.sum(lax.scan((h: tf.Tensor, x: tf.Tensor) => [cell(v, h, x), null], h0, xs)[0]);
const unrolled = (v: tf.Tensor): tf.Tensor =>
  tf.sum(tf.unstack(xs).reduce((h, x) => cell(v, h, x), h0 as tf.Tensor));

const functions = {
  'tf.grad, unrolled': tf.grad(unrolled),
  'grad, unrolled': grad(unrolled),
  'grad, scan': grad(scanned),
  'jit, unrolled': jit(grad(unrolled)),
  'jit, scan': jit(grad(scanned)),
};
const times = alternate(
  Object.fromEntries(
    Object.entries(functions).map(([name, f]) => [name, () => tf.tidy(() => void f(w).dataSync())]),
  ),
  5,
);
const base = times['tf.grad, unrolled']!.median;
console.log(`${backend}, gradient over ${steps} steps, batch ${batch}, width ${width}`);
for (const [what, { median, low, high }] of Object.entries(times)) {
  console.log(
    `  ${what.padEnd(18)} ${median.toFixed(2)} ms (${low.toFixed(2)} to ${high.toFixed(2)})  ${(base / median).toFixed(2)} times as fast as tf.grad`,
  );
}
