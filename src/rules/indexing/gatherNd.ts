import { gatherND, scatterND, type Tensor } from '@tensorflow/tfjs-core';
import { withBatch } from '../families/batching';
import { linear } from '../families/linear';
import { withExampleNumber } from './offsets';

/*
 * GatherNd reads slices of x at index vectors, ScatterNd adds slices up at index vectors: each is the other's transpose.
 * Under vmap the number of the example becomes the first index.
 */

linear('GatherNd', 'params', {
  reads: ['indices'],
  transpose: (ct, { inputs, avals }) => scatterND(inputs.indices!, ct, avals.params!.shape as number[]),
  batch: ({ inputs: { params, indices }, size }): Tensor =>
    params!.batched
      ? gatherND(params!.value, withExampleNumber(indices!, size))
      : gatherND(params!.value, indices!.value),
  shape: ({ inputs: { params, indices } }) => ({
    shape: [...indices!.shape.slice(0, -1), ...params!.shape.slice(indices!.shape.at(-1))],
    dtype: params!.dtype,
  }),
});

linear('ScatterNd', 'updates', {
  reads: ['indices'],
  transpose: (ct, { inputs }) => gatherND(ct, inputs.indices!),
  batch: ({ inputs: { indices, updates }, size, attrs }): Tensor =>
    scatterND(withExampleNumber(indices!, size), withBatch(updates!, size), [size, ...attrs.shape]),
  shape: ({ inputs, attrs }) => ({ shape: attrs.shape, dtype: inputs.updates!.dtype }),
});
