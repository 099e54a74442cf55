import { transpose, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';

/*
 * The formulas are written for channels last. A call with channels first goes through them transposed.
 */

export function isChannelsFirst({ dataFormat }: Attrs): boolean {
  return dataFormat === 'NCHW';
}

/** [n, c, h, w] -> [n, h, w, c], also behind a mapped axis. */
export function toChannelsLast(x: Tensor): Tensor {
  return transpose(x, x.rank === 5 ? [0, 1, 3, 4, 2] : [0, 2, 3, 1]);
}

/** [n, h, w, c] -> [n, c, h, w], also behind a mapped axis. */
export function toChannelsFirst(x: Tensor): Tensor {
  return transpose(x, x.rank === 5 ? [0, 1, 4, 2, 3] : [0, 3, 1, 2]);
}

export function shapeChannelsLast([n, c, h, w]: readonly number[]): number[] {
  return [n!, h!, w!, c!];
}

/** Explicit padding names the axes in the order of the data format. */
export function attrsChannelsLast(attrs: Attrs): Attrs {
  const { pad } = attrs;
  return { ...attrs, dataFormat: 'NHWC', pad: Array.isArray(pad) ? [pad[0], pad[2], pad[3], pad[1]] : pad };
}
