/**
 * Time and accuracy of the positive definite solve, against matMul on the same backend.
 *
 *     npx tsx bench/linalg/solve.ts [wasm | cpu] [seconds per row]
 */
import * as tf from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import { registerLinalgKernel } from '../../src/linalg/kernels/register';
import { registerWideKernels } from '../../src/linalg/kernels/registerWide';
import { solve as general } from '../../src/linalg/kernels/solve';
import { ridgeSolve } from '../../src/linalg/wide';
import { alternate } from '../support/alternate';
import { start } from '../support/backends';

const backend = process.argv[2] ?? 'wasm';
const seconds = Number(process.argv[3] ?? 1);
await start(backend);
registerLinalgKernel(general, backend);
registerWideKernels(backend);
type Solve = (a: tf.Tensor, b: tf.Tensor) => tf.Tensor;
const definite: Solve = (a, b) => ridgeSolve({ high: a, low: tf.zerosLike(a) }, 1, tf.scalar(0), b);
const regular: Solve = (a, b) => tf.engine().runKernel('TractSolve', { a, b });

/** A correlated Gram matrix of 2 n rows, with a ridge that makes its condition number about 1e4, and right-hand sides. */
function problem(n: number, m: number): { a: tf.Tensor2D; b: tf.Tensor2D } {
  const next = seedrandom(`${n} ${m}`);
  const uniform = (size: number): Float32Array => Float32Array.from({ length: size }, () => next() - 0.5);
  return tf.tidy(() => {
    const x = tf.add(tf.tensor2d(uniform(2 * n * n), [2 * n, n]), tf.tensor2d(uniform(2 * n), [2 * n, 1]));
    const gram = tf.div(tf.matMul(tf.transpose(x), x), 2 * n);
    return { a: tf.add(gram, tf.mul(tf.eye(n), 1e-3)), b: tf.tensor2d(uniform(n * m), [n, m]) };
  });
}

/** |b - a x| / |b| (Frobenius), summed in float64. */
function residual(a: tf.Tensor, b: tf.Tensor, x: tf.Tensor): number {
  const [n, m] = b.shape as [number, number];
  const [av, bv, xv] = [a.dataSync(), b.dataSync(), x.dataSync()];
  let [numerator, denominator] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let r = bv[i * m + j]!;
      for (let k = 0; k < n; k++) r -= av[i * n + k]! * xv[k * m + j]!;
      numerator += r * r;
      denominator += bv[i * m + j]! ** 2;
    }
  }
  return Math.sqrt(numerator / denominator);
}

const columns = ['n', 'm', 'spd ms', 'GFLOP/s', 'x matMul', 'residual', 'general ms', 'x matMul', 'residual'];
console.log(
  `${backend}: a x = b with a [n, n] and b [n, m]; "x matMul" is a multiple of the time of matMul(a, b)`,
);
console.log(columns.map((title) => title.padStart(10)).join(' '));
for (const [n, m] of [
  [9, 1],
  [27, 16],
  [27, 64],
  [48, 384],
  [147, 64],
  [256, 256],
  [768, 1],
  [768, 384],
  [1024, 128],
] as const) {
  const { a, b } = problem(n, m);
  const times = alternate(
    {
      matMul: () => tf.tidy(() => void tf.matMul(a, b)),
      spd: () => tf.tidy(() => void definite(a, b)),
      general: () => tf.tidy(() => void regular(a, b)),
    },
    seconds,
  );
  const operations = n ** 3 / 3 + 2 * n * n * m;
  const accuracy = (solve: Solve): string => tf.tidy(() => residual(a, b, solve(a, b))).toExponential(1);
  const [matMul, spd, general] = [times.matMul!.median, times.spd!.median, times.general!.median];
  const row = [
    n,
    m,
    spd.toFixed(3),
    (operations / spd / 1e6).toFixed(1),
    (spd / matMul).toFixed(1),
    accuracy(definite),
    general.toFixed(3),
    (general / matMul).toFixed(1),
    accuracy(regular),
  ];
  console.log(row.map((cell) => String(cell).padStart(10)).join(' '));
  tf.dispose([a, b]);
}
