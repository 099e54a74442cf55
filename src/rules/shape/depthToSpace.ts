import { reshape, transpose, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { foldedBatch } from '../families/batching';
import { linear } from '../families/linear';

// Channels spread over blocks of s x s places: [b, h, w, s s c] -> [b, s h, s w, c].
linear('DepthToSpace', 'x', {
  transpose: (ct, { attrs: { blockSize, dataFormat } }) => spaceToDepth(ct, blockSize, dataFormat),
  batch: foldedBatch,
  shape: ({ inputs: { x }, attrs: { blockSize: s, dataFormat } }) => {
    const [b, i, j, k] = x!.shape as [number, number, number, number];
    const shape = dataFormat === 'NCHW' ? [b, i / (s * s), j * s, k * s] : [b, i * s, j * s, k / (s * s)];
    return { shape, dtype: x!.dtype };
  },
  // wasm's kernel takes 15 times as long, and makes floats of integers.
  broken: (backend, _, { dataFormat }) =>
    backend === 'wasm' || (dataFormat === 'NCHW' && (backend === 'cpu' || backend === 'tensorflow')),
  polyfill: ({ x }: { x: Tensor }, { blockSize: s, dataFormat }: Attrs) =>
    dataFormat === 'NCHW' ? transpose(spread(transpose(x, [0, 2, 3, 1]), s), [0, 3, 1, 2]) : spread(x, s),
});

/** Channels last. Within a block a row of s c numbers stays together. */
function spread(x: Tensor, s: number): Tensor {
  const [b, h, w, channels] = x.shape as [number, number, number, number];
  const rows = transpose(reshape(x, [b * h, w, s, channels / s]), [0, 2, 1, 3]);
  return reshape(rows, [b, h * s, w * s, channels / (s * s)]);
}

/** The inverse. */
function spaceToDepth(t: Tensor, s: number, format: 'NHWC' | 'NCHW'): Tensor {
  if (format === 'NCHW') {
    const [b, c, h, w] = t.shape as [number, number, number, number];
    const blocks = transpose(reshape(t, [b, c, h / s, s, w / s, s]), [0, 3, 5, 1, 2, 4]);
    return reshape(blocks, [b, s * s * c, h / s, w / s]);
  }
  const [b, h, w, c] = t.shape as [number, number, number, number];
  const blocks = transpose(reshape(t, [(b * h) / s, s, w / s, s * c]), [0, 2, 1, 3]);
  return reshape(blocks, [b, h / s, w / s, s * s * c]);
}
