import type { Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { withRightHandSides } from './matrices';
import { triangularSolveKernel } from './primitives/triangularSolve';

export interface TriangularOptions {
  /** Which triangle of a is read; true by default. */
  lower?: boolean;
  /** Solve with a^T instead of a. */
  transpose?: boolean;
  /** Take the diagonal of a to be ones. */
  unitDiagonal?: boolean;
}

/**
 * Solves a x = b for triangular a.
 *
 * @param a `[..., n, n]`
 * @param b `[..., n, m]` or `[..., n]`; leading axes broadcast
 * @returns x, shaped like b
 * @throws RangeError where shapes do not fit; TypeError where a type is not float32, or an option is not known
 * @example
 * ```ts
 * linalg.solveTriangular(tf.tensor2d([[2, 0], [1, 2]]), tf.tensor1d([2, 5])); // [1, 2]
 * ```
 */
export function solveTriangular(a: Tensor, b: Tensor, options: TriangularOptions = {}): Tensor {
  const form = withDefaults('linalg.solveTriangular', options, {
    lower: true,
    transpose: false,
    unitDiagonal: false,
  });
  return withRightHandSides(a, b, 'solveTriangular', (x, y) => triangularSolveKernel(x, y, form));
}
