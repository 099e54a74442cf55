/** Float64 linear algebra on arrays of rows, for tests only: written for plainness, independent of the library. */
export type Matrix = number[][];

export const rows = (values: ArrayLike<number>, n: number): Matrix => {
  const matrix: Matrix = [];
  for (let i = 0; i < values.length; i += n) matrix.push(Array.from({ length: n }, (_, j) => values[i + j]!));
  return matrix;
};

export const transpose = (a: Matrix): Matrix => (a[0] ?? []).map((_, j) => a.map((row) => row[j]!));

export const multiply = (a: Matrix, b: Matrix): Matrix => {
  const bt = transpose(b);
  return a.map((row) => bt.map((column) => row.reduce((sum, v, k) => sum + v * column[k]!, 0)));
};

export const combine = (a: Matrix, b: Matrix, f: (x: number, y: number) => number): Matrix =>
  a.map((row, i) => row.map((v, j) => f(v, b[i]![j]!)));

export const squaredNorm = (a: Matrix): number =>
  a.reduce((sum, row) => sum + row.reduce((s, v) => s + v * v, 0), 0);

/** Gaussian elimination with partial pivoting. */
export function solve(a: Matrix, b: Matrix): Matrix {
  const n = a.length;
  const work = a.map((row, i) => [...row, ...b[i]!]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(work[i]![k]!) > Math.abs(work[pivot]![k]!)) pivot = i;
    [work[k], work[pivot]] = [work[pivot]!, work[k]!];
    for (let i = k + 1; i < n; i++) {
      const factor = work[i]![k]! / work[k]![k]!;
      for (let j = k; j < work[i]!.length; j++) work[i]![j]! -= factor * work[k]![j]!;
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    for (let j = n; j < work[k]!.length; j++) {
      for (let i = k + 1; i < n; i++) work[k]![j]! -= work[k]![i]! * work[i]![j]!;
      work[k]![j]! /= work[k]![k]!;
    }
  }
  return work.map((row) => row.slice(n));
}

/** A = x^T x / b + lambda I. */
export function ridge(x: Matrix, lambda: number): Matrix {
  const gram = multiply(transpose(x), x);
  return gram.map((row, i) => row.map((v, j) => v / x.length + (i === j ? lambda : 0)));
}

/** TrAct's gradient (x^T x / b + lambda I)^-1 x^T g, Eq. 10 and 12 of the paper, by elimination. */
export function tractGradient(x: Matrix, g: Matrix, lambda: number): Matrix {
  return solve(ridge(x, lambda), multiply(transpose(x), g));
}

/** The objective of Eq. 6: || -eta b g - x dW ||^2 + lambda b ||dW||^2. */
export function objective(x: Matrix, g: Matrix, update: Matrix, lambda: number, eta: number): number {
  const b = x.length;
  const residual = combine(g, multiply(x, update), (gi, zi) => -eta * b * gi - zi);
  return squaredNorm(residual) + lambda * b * squaredNorm(update);
}

/** Its gradient with respect to dW: -2 x^T (-eta b g - x dW) + 2 lambda b dW. */
export function objectiveGradient(x: Matrix, g: Matrix, update: Matrix, lambda: number, eta: number): Matrix {
  const b = x.length;
  const residual = combine(g, multiply(x, update), (gi, zi) => -eta * b * gi - zi);
  return combine(multiply(transpose(x), residual), update, (r, w) => -2 * r + 2 * lambda * b * w);
}

export function relativeError(found: Matrix, expected: Matrix): number {
  return Math.sqrt(
    squaredNorm(combine(found, expected, (a, b) => a - b)) / Math.max(squaredNorm(expected), 1e-300),
  );
}
