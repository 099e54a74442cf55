import { greaterEqual, less, logicalAnd, scalar, where, type Tensor } from '@tensorflow/tfjs-core';

/** Indices with `instead` in place of those that are not in [0, n - 1], and which are. */
export function inside(indices: Tensor, n: number, instead: number): [indices: Tensor, isInside: Tensor] {
  const isInside = logicalAnd(greaterEqual(indices, 0), less(indices, n));
  return [where(isInside, indices, scalar(instead, 'int32')), isInside];
}
