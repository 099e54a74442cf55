import {
  cast,
  concat,
  reshape,
  scalar,
  slice,
  Tensor,
  tensor1d,
  tidy,
  upcastType,
  util,
  zeros,
  type DataType,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { describeNode } from './describe';
import { flatten } from './flatten';
import { leafPaths } from './paths';
import type { MapLeaves } from './types';
import { unflatten } from './unflatten';

/** Puts the parts of a vector of the same length and dtype back as the leaves of the ravelled tree. */
export type Unravel<T> = (vector: Tensor) => MapLeaves<T, Tensor>;

/**
 * All leaves of a tree as one vector `[n]`, and the way back. Leaves of different dtypes are cast to their common one, and back.
 *
 * @throws TypeError for a leaf that is neither a tensor nor a number; `unravel` throws RangeError for another shape than `[n]`,
 *   TypeError for another dtype
 * @example
 * ```ts
 * const [vector, unravel] = tree.ravel({ b: tf.tensor2d([[1, 2]]), a: 3 });
 * vector; // [3, 1, 2]
 * unravel(tf.mul(2, vector)); // { a: 6, b: [[2, 4]] }
 * ```
 */
export function ravel<T>(tree: T): [vector: Tensor1D, unravel: Unravel<T>] {
  const { leaves, structure } = flatten<unknown>(tree);
  leaves.forEach((leaf, i) => checkLeaf(leaf, () => leafPaths(structure)[i]!));
  const parts = leaves.map((leaf) => {
    const { shape, dtype } = leaf instanceof Tensor ? leaf : { shape: [], dtype: 'float32' as const };
    return { shape, dtype, size: util.sizeFromShape(shape) };
  });
  const common = parts.length === 0 ? 'float32' : parts.map(({ dtype }) => dtype).reduce(upcastType);
  const length = parts.reduce((sum, { size }) => sum + size, 0);

  const vector = tidy(() => {
    const flat = leaves.map((leaf) =>
      leaf instanceof Tensor ? reshape(toType(leaf, common), [-1]) : scalarVector(leaf, common),
    );
    return flat.length === 0 ? tensor1d([], common as 'float32') : concat(flat);
  }) as Tensor1D;

  const unravel: Unravel<T> = (given) => {
    checkVector(given, length, common);
    const restored = tidy(() => {
      let start = 0;
      return parts.map(({ shape, dtype, size }) => {
        if (size === 0) return zeros(shape, dtype); // the cpu backend can't slice what it concatenated from nothing
        const part = reshape(slice(given, [start], [size]), shape);
        start += size;
        return toType(part, dtype);
      });
    });
    return unflatten(structure, restored) as MapLeaves<T, Tensor>;
  };
  return [vector, unravel];
}

function scalarVector(leaf: unknown, dtype: DataType): Tensor {
  return reshape(toType(scalar(leaf as number, 'float32'), dtype), [1]);
}

function toType(tensor: Tensor, dtype: DataType): Tensor {
  return tensor.dtype === dtype ? tensor : cast(tensor, dtype);
}

function checkLeaf(leaf: unknown, path: () => string): void {
  if (typeof leaf === 'number' || (leaf instanceof Tensor && leaf.dtype !== 'string')) return;
  throw new TypeError(
    `tree.ravel: expected a numeric tensor or a number at "${path()}", got ${describeNode(leaf)}.`,
  );
}

function checkVector(vector: unknown, length: number, dtype: DataType): void {
  const expected = `expected a tensor ${dtype}[${length}]`;
  if (!(vector instanceof Tensor)) throw new TypeError(`unravel: ${expected}, got ${describeNode(vector)}.`);
  if (vector.rank !== 1 || vector.size !== length)
    throw new RangeError(`unravel: ${expected}, got ${describeNode(vector)}.`);
  if (vector.dtype !== dtype) throw new TypeError(`unravel: ${expected}, got ${describeNode(vector)}.`);
}
