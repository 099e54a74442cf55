import { add, broadcastTo, fill, getBackend, reshape, sum, util, type Tensor } from '@tensorflow/tfjs-core';

/** Sums over the axes along which a tensor of shape `shape` was broadcast to become like `t`: the transpose of `broadcastLike`. */
export function sumTo(t: Tensor, shape: readonly number[]): Tensor {
  if (util.arraysEqual(t.shape, shape as number[])) return t;
  const lead = t.rank - shape.length;
  const axes = t.shape
    .map((_, i) => i)
    .filter((i) => i < lead || (shape[i - lead] === 1 && t.shape[i] !== 1));
  return reshape(axes.length > 0 ? sum(t, axes) : t, [...shape]);
}

/** `t` repeated along the axes of length one, or absent in front, to shape `shape`. */
export function broadcastLike(t: Tensor, shape: readonly number[]): Tensor {
  if (util.arraysEqual(t.shape, shape as number[])) return t;
  // wasm's Tile takes 594 us to repeat a scalar 128 x 128 times, adding to zeros 13 us.
  if (getBackend() === 'wasm' && t.dtype === 'float32') return add(t, fill([...shape], 0));
  return broadcastTo(t, [...shape]);
}
