import type { TensorInfo } from '@tensorflow/tfjs-core';

/** A stack of matrices. */
export interface Stack extends TensorInfo {
  shape: [count: number, n: number, m: number];
}

/** The shape of a tensor's last two axes and, before them, how many such matrices there are. */
export function stackOf({ shape }: Pick<TensorInfo, 'shape'>): Stack['shape'] {
  const [n, m] = shape.slice(-2) as [number, number];
  return [shape.slice(0, -2).reduce((product, size) => product * size, 1), n, m];
}

/** A tensor with its leading axes made one. */
export const asStack = ({ dataId, shape, dtype }: TensorInfo): Stack => ({
  dataId,
  shape: stackOf({ shape }),
  dtype,
});
