/**
 * Elementwise functions, eager and jitted in turn: what one loop through memory saves over a kernel for each call.
 *
 *     node bench/run.mjs bench/loops.ts [wasm] [elements]
 */
import * as tf from '@tensorflow/tfjs-core';
import { jit } from '../src';
import { start } from './support/backends';

const [backend = 'wasm', elements = '200000'] = process.argv.slice(2);
await start(backend);
const n = Math.ceil(Number(elements) / 64) * 64;
const [x, y] = [tf.randomNormal([n]), tf.randomNormal([n])];
const [matrix, bias] = [tf.randomNormal([n / 64, 64]), tf.randomNormal([64])];
const positive = tf.add(tf.abs(x), 1e-3);

type Case = [f: (...args: tf.Tensor[]) => tf.Tensor, ...args: tf.Tensor[]];
const cases: Record<string, Case> = {
  add: [(a, b) => tf.add(a!, b!), x, y],
  'add a row': [(a, b) => tf.add(a!, b!), matrix, bias],
  relu: [tf.relu, x],
  exp: [tf.exp, x],
  log: [tf.log, positive],
  tanh: [tf.tanh, x],
  sigmoid: [tf.sigmoid, x],
  erf: [tf.erf, x],
  maximum: [(a, b) => tf.maximum(a!, b!), x, y],
  'four calls': [(a, b) => tf.mul(tf.add(tf.mul(a!, b!), a!), tf.sub(b!, a!)), x, y],
  where: [(a, b) => tf.where(tf.greater(a!, b!), a!, tf.mul(b!, 2)), x, y],
  gelu: [(a) => tf.mul(tf.mul(0.5, a!), tf.add(1, tf.erf(tf.mul(a!, Math.SQRT1_2)))), x],
  swish: [(a) => tf.mul(a!, tf.sigmoid(a!)), x],
  Adam: [
    (m, v) => tf.div(tf.mul(m!, 0.1), tf.add(tf.sqrt(tf.add(tf.mul(tf.square(v!), 0.9), 0.1)), 1e-8)),
    x,
    y,
  ],
};

console.log(`${backend}, ${n} elements; the least of 150 runs`);
for (const [name, [f, ...args]] of Object.entries(cases)) {
  const jitted = jit(f);
  const best = { eager: Infinity, jit: Infinity };
  for (let run = 0; run < 150; run++) {
    for (const [which, g] of [
      ['eager', f],
      ['jit', jitted],
    ] as const) {
      const from = performance.now();
      tf.tidy(() => void g(...args));
      best[which] = Math.min(best[which], performance.now() - from);
    }
  }
  jitted.dispose();
  console.log(
    `  ${name.padEnd(12)} eager ${best.eager.toFixed(3)} ms, jit ${best.jit.toFixed(3)} ms: ${(best.eager / best.jit).toFixed(2)} times as fast, ${((best.jit * 1e6) / n).toFixed(2)} ns an element`,
  );
}
