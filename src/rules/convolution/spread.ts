import { pad, reshape, util, type Tensor } from '@tensorflow/tfjs-core';
import type { Axis } from './geometry';

/** Puts stride - 1 zeros behind every entry of the spatial axes of `[n, ...space, c]`: what undoes the skipping of a strided window. */
export function spread(y: Tensor, axes: readonly Axis[]): Tensor {
  const shape = y.shape.slice();
  return axes.reduceRight((wide, { stride }, i) => {
    if (stride === 1) return wide;
    // Entries along the axis as rows, widened by zeros.
    const row = util.sizeFromShape(shape.slice(i + 2));
    const rows = pad(reshape(wide, [-1, row]), [
      [0, 0],
      [0, (stride - 1) * row],
    ]);
    shape[i + 1]! *= stride;
    return reshape(rows, shape);
  }, y);
}
