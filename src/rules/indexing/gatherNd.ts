import {
  expandDims,
  gatherND,
  pad,
  reshape,
  scatterND,
  util,
  zeros,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Aval, Named } from '../../core/rule';
import { exampleShape, withBatch } from '../families/batching';
import { linear } from '../families/linear';
import { withExampleNumber } from './offsets';

/*
 * GatherNd reads slices of x at index vectors, ScatterNd adds slices up at index vectors: each is the other's transpose.
 * Under vmap the number of the example becomes the first index. Indices `[n]` are one vector to GatherNd, and n vectors of one number to
 * ScatterNd.
 */

linear('GatherNd', 'params', {
  reads: ['indices'],
  transpose: (ct, { inputs: { indices }, avals }) => {
    const shape = avals.params!.shape as number[];
    return indices!.rank === 1
      ? scatterND(expandDims(indices!), expandDims(ct), shape)
      : scatterND(indices!, ct, shape);
  },
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
  transpose: (ct, { inputs }) => gatherND(ct, vectors(inputs.indices!)),
  batch: ({ inputs: { indices, updates }, size, attrs }): Tensor => {
    const { value, batched } = indices!;
    const each = { value: exampleShape(indices!).length === 1 ? expandDims(value, -1) : value, batched };
    return scatterND(withExampleNumber(each, size), withBatch(updates!, size), [size, ...attrs.shape]);
  },
  shape: ({ inputs, attrs }) => ({ shape: attrs.shape, dtype: inputs.updates!.dtype }),
  // webgl's kernel (4.22) takes slices in pairs: of an odd number it adds to the first place what elementwise kernels left beside the last.
  // TensorFlow's takes `[n]` for one vector, and refuses to make nothing; webgpu's refuses to add nothing.
  broken: (backend, { indices, updates }: Named<Aval>, { shape }) =>
    indices!.shape.length === 1 ||
    isEmpty(updates!.shape, shape) ||
    (backend === 'webgl' && sliceCount(indices!) % 2 === 1),
  polyfill: ({ indices, updates }: Named<Tensor>, attrs) => {
    if (isEmpty(updates!.shape, attrs.shape)) return zeros(attrs.shape, updates!.dtype);
    if (indices!.rank === 1)
      return runKernel('ScatterNd', { indices: vectors(indices!), updates: updates! }, attrs);
    const n = sliceCount(indices!);
    const withOneMore = (x: Tensor, rest: number[]): Tensor =>
      pad(reshape(x, [n, ...rest]), [[0, 1], ...rest.map((): [number, number] => [0, 0])]);
    return runKernel(
      'ScatterNd',
      {
        indices: withOneMore(indices!, [indices!.shape.at(-1)!]),
        updates: withOneMore(updates!, updates!.shape.slice(indices!.rank - 1)),
      },
      attrs,
    );
  },
});

const isEmpty = (...shapes: (readonly number[])[]): boolean => shapes.flat().includes(0);

const vectors = (indices: Tensor): Tensor => (indices.rank === 1 ? expandDims(indices, 1) : indices);

function sliceCount(indices: Aval): number {
  return util.sizeFromShape(indices.shape.slice(0, -1));
}
