import seedrandom from 'seedrandom';
import { combine, multiply, relativeError, solve, transpose, type Matrix } from './oracle';

/** A float32 matrix by a formula. */
export const matrixOf = (b: number, n: number, value: (i: number, j: number) => number): Matrix =>
  Array.from({ length: b }, (_, i) => Array.from({ length: n }, (__, j) => Math.fround(value(i, j))));

export function random(seed: string): () => number {
  const next = seedrandom(seed);
  return () => 2 * next() - 1;
}

/** x^T (x x^T / b + lambda I)^-1 g or (x^T x / b + lambda I)^-1 x^T g, whichever is smaller, in float64. */
export function exact(x: Matrix, g: Matrix, lambda: number): Matrix {
  const [b, n] = [x.length, x[0]!.length];
  const ridge = (a: Matrix): Matrix =>
    a.map((row, i) => row.map((v, j) => v / b + (i === j ? Math.fround(lambda) : 0)));
  const xt = transpose(x);
  if (b < n) return multiply(xt, solve(ridge(multiply(x, xt)), g));
  return solve(ridge(multiply(xt, x)), multiply(xt, g));
}

/** |B - A X| / |B| with B = x^T g, for the gradient X that was found. */
export function residual(x: Matrix, g: Matrix, lambda: number, found: Matrix): number {
  const xt = transpose(x);
  const fitted = multiply(xt, multiply(x, found));
  const left = combine(fitted, found, (v, w) => v / x.length + Math.fround(lambda) * w);
  return relativeError(left, multiply(xt, g));
}

/** Patches of a picture with values 0 to 255: large smooth structures, small texture, strongly correlated neighbours. */
export function photographs(b: number, side: number, channels: number): Matrix {
  const next = random('photographs');
  return Array.from({ length: b }, () => {
    const [base, fx, fy, phase, contrast] = [120 + 80 * next(), next(), next(), 3 * next(), 60 * next()];
    return Array.from({ length: side * side * channels }, (_, k) => {
      const c = k % channels;
      const x = Math.floor(k / channels) % side;
      const y = Math.floor(k / channels / side);
      const value = base + contrast * Math.sin(fx * x + fy * y + phase) + 6 * c + 3 * next();
      return Math.min(255, Math.max(0, Math.round(value)));
    });
  });
}
