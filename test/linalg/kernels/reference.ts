import * as tf from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import { expect } from 'vitest';

/** Naive float64 linear algebra on rows of numbers, written apart from src as the reference for its kernels. */
export type Matrix = number[][];

export const matrixOf = (n: number, m: number, entry: (i: number, j: number) => number): Matrix =>
  Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, j) => entry(i, j)));
export const transposed = (a: Matrix): Matrix =>
  a.length === 0 ? [] : a[0]!.map((_, j) => a.map((row) => row[j]!));
export const product = (a: Matrix, b: Matrix): Matrix => {
  const columns = transposed(b);
  return a.map((row) => columns.map((column) => row.reduce((sum, value, k) => sum + value * column[k]!, 0)));
};

export function gaussian(n: number, m: number, seed: string): Matrix {
  const next = seedrandom(seed);
  return matrixOf(n, m, () =>
    Math.fround(Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())),
  );
}

/** Q D Q^T, Q from four random reflections, with eigenvalues spaced evenly in their logarithms from 1 to 1 / condition. */
export function positiveDefinite(n: number, condition: number, seed: string): Matrix {
  let a = matrixOf(n, n, (i, j) => (i === j ? condition ** -(i / Math.max(1, n - 1)) : 0));
  for (const reflector of gaussian(4, n, seed)) {
    const square = reflector.reduce((sum, v) => sum + v * v, 0);
    const reflect = (rows: Matrix): Matrix => {
      const sums = matrixOf(1, n, (_, j) =>
        rows.reduce((sum, row, k) => sum + reflector[k]! * row[j]!, 0),
      )[0]!;
      return rows.map((row, i) => row.map((v, j) => v - (2 * reflector[i]! * sums[j]!) / square));
    };
    a = reflect(transposed(reflect(a)));
  }
  return matrixOf(n, n, (i, j) => Math.fround((a[i]![j]! + a[j]![i]!) / 2));
}

/** a^-1 b by Gauss elimination with partial pivoting. */
export function solved(a: Matrix, b: Matrix): Matrix {
  const rows = a.map((row, i) => [...row, ...b[i]!]);
  const n = rows.length;
  for (let j = 0; j < n; j++) {
    let pivot = j;
    for (let i = j + 1; i < n; i++) if (Math.abs(rows[i]![j]!) > Math.abs(rows[pivot]![j]!)) pivot = i;
    [rows[j], rows[pivot]] = [rows[pivot]!, rows[j]!];
    for (let i = 0; i < n; i++) {
      if (i === j) continue;
      const factor = rows[i]![j]! / rows[j]![j]!;
      for (let k = j; k < rows[i]!.length; k++) rows[i]![k]! -= factor * rows[j]![k]!;
    }
  }
  return rows.map((row, i) => row.slice(n).map((v) => v / row[i]!));
}

export function lowerFactor(a: Matrix): Matrix {
  const l = matrixOf(a.length, a.length, () => 0);
  for (let i = 0; i < a.length; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = a[i]![j]!;
      for (let k = 0; k < j; k++) rest -= l[i]![k]! * l[j]![k]!;
      l[i]![j] = i === j ? Math.sqrt(rest) : rest / l[j]![j]!;
    }
  }
  return l;
}

export const tensorOf = (stack: Matrix[], n: number, m: number): tf.Tensor3D =>
  tf.tensor3d(stack.flat(2), [stack.length, n, m]);

/** Runs a kernel on the tensors' values and disposes of everything. */
export function run(
  kernelName: string,
  inputs: () => Record<string, tf.Tensor>,
  attrs: tf.NamedAttrMap = {},
): { shape: number[]; dtype: tf.DataType; rows: Matrix }[] {
  return tf.tidy(() => {
    const outputs: tf.Tensor | tf.Tensor[] = tf.engine().runKernel(kernelName, inputs(), attrs);
    return [outputs].flat().map((output) => {
      const width = output.shape.at(-1)!;
      const values = Array.from(output.dataSync());
      const rows = Array.from({ length: width && values.length / width }, (_, i) =>
        values.slice(i * width, (i + 1) * width),
      );
      return { shape: output.shape, dtype: output.dtype, rows };
    });
  });
}

/** Every entry within `tolerance` of the largest of its column. */
export function expectClose(found: Matrix, expected: Matrix, tolerance: number): void {
  expect([found.length, found[0]?.length]).toEqual([expected.length, expected[0]?.length]);
  const sizes = transposed(expected).map((column) => Math.max(...column.map(Math.abs)));
  let worst = 0;
  found.forEach((row, i) =>
    row.forEach((v, j) => {
      const error = Math.abs(v - expected[i]![j]!) / (sizes[j]! || 1);
      worst = error <= worst ? worst : error;
    }),
  );
  expect(worst, 'largest error relative to its column').toBeLessThan(tolerance);
}
