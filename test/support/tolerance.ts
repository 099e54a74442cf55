import { getBackend } from '@tensorflow/tfjs-core';

/** How far float32 arithmetic of one backend may lie from that of another, relative to 1 + the value. */
interface Tolerance {
  /** The same formula on the same numbers, in another grouping: a batch against its examples. */
  readonly regrouped: number;
  /** An elementary function, or a sum of some dozen terms, against its exact value. */
  readonly rounded: number;
}

const tolerances: Record<string, Tolerance> = {
  cpu: { regrouped: 0, rounded: 1e-5 },
  wasm: { regrouped: 0, rounded: 1e-5 },
  // Eigen computes elementary functions four or eight at a time, and the rest of an array one by one, in other instructions.
  tensorflow: { regrouped: 1e-6, rounded: 1e-5 },
  // The precision of elementary functions is the driver's.
  webgpu: { regrouped: 1e-6, rounded: 1e-4 },
  webgl: { regrouped: 1e-6, rounded: 1e-4 },
};

/** The tolerances of the backend in use. */
export function tolerance(): Tolerance {
  const found = tolerances[getBackend()];
  if (!found) throw new Error(`test/support/tolerance.ts has no entry for the backend ${getBackend()}`);
  return found;
}
