import { broadcast_util, mul, reshape, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { describeAval } from '../core/errors';
import { toTensor } from '../core/values';
import { broadcastLike } from '../rules/families/broadcast';

/** The matrix with everything above (below, for an upper triangle) the diagonal set to zero, and the diagonal scaled. */
export function triangle(a: Tensor, lower: boolean, diagonal: number): Tensor {
  const n = a.shape[a.rank - 1]!;
  const mask = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) mask[i * n + j] = i === j ? diagonal : i > j === lower ? 1 : 0;
  }
  return mul(a, tensor(mask, [n, n]));
}

/** A stack of square float matrices `[..., n, n]`, checked. */
export function toSquare(a: unknown, name: string): Tensor {
  const tensor = toTensor(a, `linalg.${name}: a`);
  const [n, m] = tensor.shape.slice(-2);
  if (tensor.rank < 2 || n !== m) {
    throw new RangeError(`linalg.${name}: a must have shape [..., n, n], got [${tensor.shape.join(',')}].`);
  }
  if (tensor.dtype !== 'float32')
    throw new TypeError(`linalg.${name}: a must be float32, got ${describeAval(tensor)}.`);
  return tensor;
}

/**
 * Calls a kernel that takes `[..., n, n]` and `[..., n, m]` with equal leading axes: broadcasts these, and treats a right-hand side
 * with one axis less as a stack of vectors.
 */
export function withRightHandSides(
  a: unknown,
  b: unknown,
  name: string,
  kernel: (a: Tensor, b: Tensor) => Tensor,
): Tensor {
  return tidy(() => {
    const matrix = toSquare(a, name);
    const right = toTensor(b, `linalg.${name}: b`);
    if (right.dtype !== 'float32')
      throw new TypeError(`linalg.${name}: b must be float32, got ${describeAval(right)}.`);
    const isVector = right.rank === matrix.rank - 1;
    const columns = isVector ? reshape(right, [...right.shape, 1]) : right;
    const n = matrix.shape[matrix.rank - 1]!;
    if (columns.rank < 2 || columns.shape[columns.rank - 2] !== n) {
      throw new RangeError(
        `linalg.${name}: b must have shape [..., n, m] or [..., n] with n = ${n} as in a of shape [${matrix.shape.join(',')}], got [${right.shape.join(',')}].`,
      );
    }
    const lead = broadcast_util.assertAndGetBroadcastShape(
      matrix.shape.slice(0, -2),
      columns.shape.slice(0, -2),
    );
    const x = kernel(
      broadcastLike(matrix, [...lead, n, n]),
      broadcastLike(columns, [...lead, ...columns.shape.slice(-2)]),
    );
    return isVector ? reshape(x, x.shape.slice(0, -1)) : x;
  });
}
