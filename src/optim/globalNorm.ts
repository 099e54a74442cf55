import { addN, scalar, sqrt, square, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { leaves } from '../tree';

/**
 * The Euclidean norm of all leaves of a tree together, a scalar.
 *
 * @example
 * ```ts
 * globalNorm({ w: tf.tensor1d([3, 0]), b: tf.scalar(4) }); // 5
 * ```
 */
export function globalNorm(tree: unknown): Tensor {
  return tidy(() => {
    const squares = (leaves(tree) as Tensor[]).map((leaf) => sum(square(leaf)));
    return squares.length === 0 ? scalar(0) : sqrt(addN(squares));
  });
}
