import { reshape, type Tensor } from '@tensorflow/tfjs-core';
import type { Batching } from '../../core/rule';
import { exampleShape } from '../families/batching';
import { linear } from '../families/linear';
import { cutOut, padAround } from './margins';

/*
 * The diagonal of an [n, n] matrix lies n + 1 places apart: with n zeros behind, it is the first column of [n, n + 1]. Of a tensor of
 * higher rank the kernel takes all elements in a row.
 */
linear('Diag', 'x', {
  transpose: (ct, { avals: { x } }) => {
    const n = Math.sqrt(ct.size);
    const rows = reshape(padAround(reshape(ct, [n * n]), [0], [n * (n + 1)]), [n, n + 1]);
    return reshape(cutOut(rows, [0, 0], [n, 1]), [...x!.shape]);
  },
  shape: ({ inputs: { x } }) => ({ shape: [...x!.shape, ...x!.shape], dtype: x!.dtype }),
});

/** [B, n] -> [B, n n] */
function diagonals(values: Tensor, size: number): Tensor {
  const n = size === 0 ? 0 : values.size / size;
  const column = padAround(reshape(values, [size, n, 1]), [0, 0, 0], [size, n, n + 1]);
  return cutOut(reshape(column, [size, n * (n + 1)]), [0, 0], [size, n * n]);
}

export const batching: Batching = () => ({
  Diag: ({ inputs: { x }, size }) => {
    const shape = exampleShape(x!);
    return reshape(diagonals(x!.value, size), [size, ...shape, ...shape]);
  },
});
