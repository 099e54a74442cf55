import type { Tensor } from '@tensorflow/tfjs-core';
import { toSquare } from './matrices';
import { choleskyKernel } from './primitives/cholesky';

/**
 * Cholesky factor of symmetric positive definite matrices: the lower triangular L with L L^T = a.
 *
 * @param a `[..., n, n]`; only the lower triangle is read
 * @returns `[..., n, n]`; NaN where a matrix is not positive definite, as in JAX
 * @throws RangeError where a is not square; TypeError where it is not float32
 * @example
 * ```ts
 * linalg.cholesky(tf.tensor2d([[4, 2], [2, 5]])); // [[2, 0], [1, 2]]
 * ```
 */
export function cholesky(a: Tensor): Tensor {
  return choleskyKernel(toSquare(a, 'cholesky'));
}
