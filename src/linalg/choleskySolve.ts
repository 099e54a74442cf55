import type { Tensor } from '@tensorflow/tfjs-core';
import { withRightHandSides } from './matrices';
import { triangularSolveKernel } from './primitives/triangularSolve';

/**
 * Solves a x = b given the Cholesky factor of a.
 *
 * @param l `[..., n, n]`, lower triangular, as {@link cholesky} returns it
 * @param b `[..., n, m]` or `[..., n]`; leading axes broadcast
 * @returns x, shaped like b
 * @throws RangeError where shapes do not fit; TypeError where a type is not float32
 * @example
 * ```ts
 * const l = linalg.cholesky(tf.tensor2d([[4, 2], [2, 5]]));
 * linalg.choleskySolve(l, tf.tensor1d([8, 12])); // [1, 2]
 * ```
 */
export function choleskySolve(l: Tensor, b: Tensor): Tensor {
  return withRightHandSides(l, b, 'choleskySolve', (factor, right) => {
    const y = triangularSolveKernel(factor, right, { lower: true, transpose: false, unitDiagonal: false });
    return triangularSolveKernel(factor, y, { lower: true, transpose: true, unitDiagonal: false });
  });
}
