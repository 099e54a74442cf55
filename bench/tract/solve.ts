/**
 * Time and accuracy of A^-1 Y, A = x^T x / b + lambda I, as tract solves it.
 *
 *     npx tsx bench/tract/solve.ts [wasm | cpu] [seconds per row]
 */
import * as tf from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import '../../src';
import { gram, ridgeSolve } from '../../src/linalg/wide';
import { alternate } from '../support/alternate';
import { start } from '../support/backends';

const backend = process.argv[2] ?? 'wasm';
const seconds = Number(process.argv[3] ?? 2);
await start(backend);
console.log(`${backend}: (x^T x / b + 0.1 I)^-1 Y, with values of x from 0 to 255, correlated`);
for (const [n, m] of [
  [25, 32],
  [27, 64],
  [48, 384],
  [147, 64],
  [768, 384],
] as const) {
  const next = seedrandom(`${n} ${m}`);
  const b = 2 * n;
  const values = Float32Array.from({ length: b * n }, () => Math.round(255 * next()));
  const x = tf.tensor2d(values, [b, n]);
  const y = tf.tensor2d(
    Float32Array.from({ length: n * m }, () => 2 * next() - 1),
    [n, m],
  );
  const lambda = tf.scalar(0.1);
  const sum = gram(x);
  const plain = tf.tidy(() => tf.matMul(x, x, true));
  const times = alternate(
    {
      solve: () => tf.tidy(() => void ridgeSolve(sum, b, lambda, y)),
      gram: () => tf.tidy(() => void gram(x)),
      matMul: () => tf.tidy(() => void tf.matMul(plain, y as tf.Tensor2D)),
    },
    seconds,
  );
  const found = ridgeSolve(sum, b, lambda, y);
  console.log(
    `  n ${n}, m ${m}: solve ${times.solve!.median.toFixed(2)} ms (${times.solve!.low.toFixed(2)} to ${times.solve!.high.toFixed(2)}), ` +
      `${(times.solve!.median / times.matMul!.median).toFixed(1)} times matMul(A, Y); relative residual ${residual(x, y, found).toExponential(1)}; ` +
      `x^T x of ${b} rows ${times.gram!.median.toFixed(2)} ms`,
  );
  tf.dispose([x, y, lambda, sum.high, sum.low, plain, found]);
}

/** |Y - A X| / |Y| in float64. */
function residual(x: tf.Tensor, y: tf.Tensor, found: tf.Tensor): number {
  const [b, n] = x.shape as [number, number];
  const m = y.shape[1]!;
  const [xs, ys, fs] = [x, y, found].map((t) => t.dataSync()) as [Float32Array, Float32Array, Float32Array];
  const z = new Float64Array(b * m);
  for (let i = 0; i < b; i++) {
    for (let k = 0; k < n; k++) for (let j = 0; j < m; j++) z[i * m + j]! += xs[i * n + k]! * fs[k * m + j]!;
  }
  const left = new Float64Array(n * m);
  for (let i = 0; i < b; i++) {
    for (let k = 0; k < n; k++)
      for (let j = 0; j < m; j++) left[k * m + j]! += (xs[i * n + k]! * z[i * m + j]!) / b;
  }
  let [numerator, denominator] = [0, 0];
  for (let i = 0; i < n * m; i++) {
    numerator += (ys[i]! - left[i]! - Math.fround(0.1) * fs[i]!) ** 2;
    denominator += ys[i]! ** 2;
  }
  return Math.sqrt(numerator / denominator);
}
