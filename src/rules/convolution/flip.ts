import { concat, getBackend, reshape, reverse, split, type Tensor } from '@tensorflow/tfjs-core';

/**
 * A filter flipped in space.
 *
 * @param d number of its spatial axes, which are the first
 */
export function flipped(filter: Tensor, d: number): Tensor {
  const spatial = filter.shape.slice(0, d);
  const taps = spatial.reduce((product, k) => product * k, 1);
  if (taps === 1) return filter;
  // wasm's Reverse goes element by element and takes four times as long as moving each tap's matrix.
  if (getBackend() !== 'wasm')
    return reverse(
      filter,
      spatial.map((_, i) => i),
    );
  const rows = split(reshape(filter, [taps, filter.size / taps]), taps, 0);
  return reshape(concat(rows.reverse(), 0), filter.shape);
}
