import { neg, sub, type Tensor } from '@tensorflow/tfjs-core';

/** db - da x, where either may be zero. */
export function minus(db: Tensor | null | undefined, moved: Tensor | null | undefined): Tensor {
  if (db && moved) return sub(db, moved);
  return db ?? neg(moved!);
}
