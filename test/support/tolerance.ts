import { getBackend } from '@tensorflow/tfjs-core';

/**
 * How far float32 arithmetic of one backend may lie from that of another, relative to 1 + the value; in linear algebra, relative to the
 * largest element of a column.
 */
interface Tolerance {
  /** The same formula on the same numbers, in another grouping: a batch against its examples. */
  readonly regrouped: number;
  /** Another formula for the same numbers: sums in another order, kernels fused, replaced or generated. */
  readonly reordered: number;
  /** Central differences against a derivative. */
  readonly differences: number;
  /** What an elementary function may be off beside the rounding of its value. */
  readonly elementary: number;
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

const exact = { reordered: 1e-5, elementary: 0, differences: 5e-3 };
// The precision of elementary functions is the driver's; WGSL asks for 2^-11 of a sine.
const ofDriver = { reordered: 1e-4, elementary: 1e-3, differences: 5e-3 };

const tolerances: Record<string, Tolerance> = {
  cpu: { regrouped: 0, rounded: 1e-5, ...exact, ...inDouble },
  wasm: { regrouped: 0, rounded: 1e-5, ...exact, ...inDouble },
  // Eigen computes elementary functions four or eight at a time, and the rest of an array one by one, in other instructions.
  tensorflow: { regrouped: 1e-6, rounded: 1e-5, ...exact, ...inDouble },
  webgpu: { regrouped: 1e-6, rounded: 1e-3, ...ofDriver, ...refined },
  webgl: { regrouped: 1e-6, rounded: 1e-3, ...ofDriver, ...refined },
};

/** The tolerances of the backend in use. */
export function tolerance(): Tolerance {
  const found = tolerances[getBackend()];
  if (!found) throw new Error(`test/support/tolerance.ts has no entry for the backend ${getBackend()}`);
  return found;
}
