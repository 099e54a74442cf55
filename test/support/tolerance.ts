import { getBackend } from '@tensorflow/tfjs-core';

/**
 * How far float32 arithmetic of one backend may lie from that of another, relative to 1 + the value; in linear algebra, relative to the
 * largest element of a column.
 */
interface Tolerance {
  /** The same formula on the same numbers, in another grouping: a batch against its examples. */
  readonly regrouped: number;
  /** An elementary function, or a sum of some dozen terms, against its exact value. */
  readonly rounded: number;
  /** The solution of a system of a condition number. */
  readonly solved: (condition: number) => number;
  /** A Cholesky factor of a matrix of a condition number. */
  readonly factored: (condition: number) => number;
}

/** float64, rounded once. */
const rounding = (): number => 7e-8;
const inDouble = { solved: rounding, factored: rounding };
// float32 factors, and solutions refined by residuals of 48 bits.
const refined = {
  solved: (condition: number): number => 1.5e-7 + 2e-12 * condition,
  factored: (condition: number): number => 4e-7 + 2 ** -24 * condition,
};

const tolerances: Record<string, Tolerance> = {
  cpu: { regrouped: 0, rounded: 1e-5, ...inDouble },
  wasm: { regrouped: 0, rounded: 1e-5, ...inDouble },
  // Eigen computes elementary functions four or eight at a time, and the rest of an array one by one, in other instructions.
  tensorflow: { regrouped: 1e-6, rounded: 1e-5, ...inDouble },
  // The precision of elementary functions is the driver's; WGSL asks for 2^-11 of a sine.
  webgpu: { regrouped: 1e-6, rounded: 1e-3, ...refined },
  webgl: { regrouped: 1e-6, rounded: 1e-3, ...refined },
};

/** The tolerances of the backend in use. */
export function tolerance(): Tolerance {
  const found = tolerances[getBackend()];
  if (!found) throw new Error(`test/support/tolerance.ts has no entry for the backend ${getBackend()}`);
  return found;
}
