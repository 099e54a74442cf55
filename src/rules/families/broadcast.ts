import {
  add,
  broadcastTo,
  fill,
  getBackend,
  logicalOr,
  matMul,
  reshape,
  sum,
  util,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { byParts } from './complexParts';

/** Sums over the axes along which a tensor of shape `shape` was broadcast to become like `t`: the transpose of `broadcastLike`. */
export function sumTo(t: Tensor, shape: readonly number[]): Tensor {
  if (util.arraysEqual(t.shape, shape as number[])) return t;
  if (t.dtype === 'complex64') return byParts(t, (part) => sumTo(part, shape));
  const lead = t.rank - shape.length;
  const axes = t.shape
    .map((_, i) => i)
    .filter((i) => i < lead || (shape[i - lead] === 1 && t.shape[i] !== 1));
  if (axes.length === 0) return reshape(t, [...shape]);
  const areLeading = axes.length < t.rank && axes.every((axis, i) => axis === i);
  return reshape(areLeading ? sumLeading(t, axes.length) : sum(t, axes), [...shape]);
}

/** The sum over the first axes. */
function sumLeading(t: Tensor, count: number): Tensor {
  const rows = util.sizeFromShape(t.shape.slice(0, count));
  // wasm transposes before it sums: a product with a row of ones is 5 to 30 times faster.
  if (getBackend() === 'wasm' && t.size > 0 && t.dtype === 'float32')
    return matMul(fill([1, rows], 1), reshape(t, [rows, -1]));
  return sum(t, [...Array(count).keys()]);
}

/** `t` repeated along the axes of length one, or absent in front, to shape `shape`. */
export function broadcastLike(t: Tensor, shape: readonly number[]): Tensor {
  if (util.arraysEqual(t.shape, shape as number[])) return t;
  if (t.dtype === 'complex64') return byParts(t, (part) => broadcastLike(part, shape));
  // wasm's Tile takes 10 to 20 times as long as combining with zeros.
  if (getBackend() === 'wasm' && t.dtype !== 'string') {
    const zeros = fill([...shape], 0, t.dtype);
    return t.dtype === 'bool' ? logicalOr(t, zeros) : add(t, zeros);
  }
  return broadcastTo(t, [...shape]);
}
