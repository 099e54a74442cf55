import type { Tensor } from '@tensorflow/tfjs-core';
import { withRightHandSides } from './matrices';
import { solveKernel } from './primitives/solve';

/**
 * Solves a x = b for regular a, by elimination with pivoting in float64.
 *
 * @param a `[..., n, n]`
 * @param b `[..., n, m]` or `[..., n]`; leading axes broadcast
 * @returns x, shaped like b; infinite or NaN where a is singular
 * @throws RangeError where shapes do not fit; TypeError where a type is not float32
 * @example
 * ```ts
 * linalg.solve(tf.tensor2d([[0, 2], [1, 0]]), tf.tensor1d([4, 3])); // [3, 2]
 * ```
 */
export function solve(a: Tensor, b: Tensor): Tensor {
  return withRightHandSides(a, b, 'solve', solveKernel);
}
