import { addN, scalar, sqrt, square, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { isFilled } from './leafwise';
import { tensors } from './transformation';

/**
 * The Euclidean norm of all leaves of a tree together, a scalar.
 *
 * @throws TypeError where a leaf is neither a tensor nor a number
 * @example
 * ```ts
 * globalNorm({ w: tf.tensor1d([3, 0]), b: tf.scalar(4) }); // 5
 * ```
 */
export function globalNorm(tree: unknown): Tensor {
  return tidy(() => {
    const filled = tensors(tree, 'globalNorm').leaves.filter(isFilled);
    const squares = filled.map((leaf) => sum(square(leaf)));
    return squares.length === 0 ? scalar(0) : sqrt(addN(squares));
  });
}
