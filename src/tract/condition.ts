import { randomUniform, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { ridgeSolve } from '../linalg/wide';
import { isReadable } from './readable';
import type { LinearLayer } from './layer';
import { meanOf, type Statistic } from './statistic';

/** Steps of the power iteration, and vectors that it starts from. */
const STEPS = 24;
const STARTS = 8;

/**
 * Condition number of A = x^T x / rows + lambda I, the largest over the stacks: to about a percent, from below, by power iteration on A and
 * on its inverse. NaN where the data are not finite, and on backends
 * whose values can't be read at once.
 */
export function conditionNumber(layer: LinearLayer, statistic: Statistic, lambda: Tensor): number {
  return tidy(() => {
    const mean = meanOf(statistic);
    if (!isReadable(mean) || !isReadable(lambda)) return NaN;
    const ridge = lambda.dataSync()[0]!;
    const values = mean.dataSync() as Float32Array;
    if (!values.every(Number.isFinite)) return NaN;
    if (layer.kind === 'lookup')
      return (extreme(values, Math.max) + ridge) / (extreme(values, Math.min) + ridge);
    const { n, stacks } = layer;
    if (n === 0 || stacks === 0) return NaN;
    const largest = Array.from({ length: stacks }, (_, s) =>
      largestEigenvalue(values.subarray(s * n * n, (s + 1) * n * n), n),
    );
    // With fewer rows than features x^T x is singular.
    const smallest =
      statistic.rows < n ? largest.map(() => 0) : smallestEigenvalues(statistic, lambda, ridge);
    return Math.max(...largest.map((top, s) => (top + ridge) / (Math.max(smallest[s]!, 0) + ridge)));
  });
}

const extreme = (values: Float32Array, pick: (a: number, b: number) => number): number =>
  values.reduce((a, b) => pick(a, b));

function largestEigenvalue(a: Float32Array, n: number): number {
  let v = Float64Array.from({ length: n }, (_, i) => 1 + ((i * 7919) % 13) / 13);
  let size = 0;
  for (let step = 0; step < STEPS; step++) {
    const next = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += a[i * n + j]! * v[j]!;
      next[i] = sum;
    }
    const norm = Math.hypot(...v);
    if (norm === 0) return 0;
    size = Math.hypot(...next) / norm;
    const scale = Math.hypot(...next) || 1;
    v = next.map((x) => x / scale);
  }
  return size;
}

/** Those of x^T x / rows: A^-1, applied again and again, grows vectors by 1 / (smallest + lambda). */
function smallestEigenvalues(
  { sums: [high, low], rows }: Statistic,
  lambda: Tensor,
  ridge: number,
): number[] {
  const n = high!.shape.at(-1)!;
  const lead = high!.shape.slice(0, -2);
  const stacks = lead.reduce((a, d) => a * d, 1);
  let v: Tensor = randomUniform([...lead, n, STARTS], -1, 1, 'float32', 1);
  let growth: number[] = [];
  for (let step = 0; step < STEPS / 3; step++) {
    const next = ridgeSolve({ high: high!, low: low! }, Math.max(rows, 1), lambda, v);
    const [before, after] = [v, next].map((t) => columnNorms(t.dataSync() as Float32Array, stacks, n));
    growth = before!.map((norms, s) => Math.max(...norms.map((norm, j) => after![s]![j]! / norm)));
    v = next;
  }
  return growth.map((factor) => 1 / factor - ridge);
}

function columnNorms(values: Float32Array, stacks: number, n: number): number[][] {
  return Array.from({ length: stacks }, (_, s) =>
    Array.from({ length: STARTS }, (_, j) => {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += values[(s * n + i) * STARTS + j]! ** 2;
      return Math.sqrt(sum);
    }),
  );
}
