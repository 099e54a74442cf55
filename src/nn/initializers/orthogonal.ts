import { matMul, mul, reshape, tidy, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { cholesky, solveTriangular } from '../../linalg';
import { normal } from '../../random';
import type { Initializer } from './initializer';

/**
 * Matrices with orthonormal columns or rows, whichever are fewer, uniformly distributed (Saxe, McClelland, Ganguli: Exact solutions to the
 * nonlinear dynamics of learning, 2014). Kernels are taken as matrices [positions * inputs, outputs].
 *
 * Q is A R^-1 of a normal A, with R from the Cholesky factorisation of A^T A, repeated on Q until rounding is gone.
 *
 * @example
 * ```ts
 * const q = initializers.orthogonal()(random.key(0), [3, 2]);
 * tf.matMul(q, q, true); // [[1, 0], [0, 1]]
 * ```
 */
export function orthogonal(scale = 1): Initializer {
  return (key, shape) => {
    if (shape.length < 2)
      throw new RangeError(`orthogonal: expected two axes or more, got shape [${shape.join(',')}].`);
    return tidy(() => {
      const columns = shape[shape.length - 1]!;
      const rows = shape.slice(0, -1).reduce((a, d) => a * d, 1);
      const tall = rows >= columns;
      let q: Tensor = normal(key, tall ? [rows, columns] : [columns, rows]);
      for (let i = 0; i < 3; i++) {
        // A^T A = L L^T, and Q^T = L^-1 A^T.
        const t = transpose(q);
        q = transpose(solveTriangular(cholesky(matMul(t, q)), t, { lower: true }));
      }
      return mul(reshape(tall ? q : transpose(q), shape as number[]), scale);
    });
  };
}
