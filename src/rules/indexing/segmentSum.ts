import {
  gather,
  reshape,
  scalar,
  scatterND,
  slice,
  where,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { linear } from '../families/linear';
import { mergeBatch, splitBatch, withBatch } from '../families/batching';
import { runKernel } from '../../core/kernel';
import type { Aval, BatchCall, Batching, Named } from '../../core/rule';
import { inside } from './inside';
import { offset } from './offsets';

/*
 * y[s] = sum of x[i] over all i with segmentIds[i] = s. Ids outside of 0 ... numSegments - 1 belong nowhere.
 * The transpose hands each segment's cotangent to all of its rows.
 */
linear('UnsortedSegmentSum', 'x', {
  reads: ['segmentIds'],
  transpose: (ct, { inputs, attrs }) => {
    const [ids, isInside] = inside(inputs.segmentIds!, attrs.numSegments, 0);
    const rows = gather(ct, ids as Tensor1D);
    return where(reshape(isInside, [-1, ...rows.shape.slice(1).map(() => 1)]), rows, 0);
  },
  shape: ({ inputs, attrs }) => ({
    shape: [attrs.numSegments, ...inputs.x!.shape.slice(1)],
    dtype: inputs.x!.dtype,
  }),
  // TensorFlow takes an id beyond the last segment for an error; webgpu's kernel counts it to another; cpu's reads all rows for each segment;
  // webgl's refuses rows without elements.
  broken: (backend, { x }: Named<Aval>) =>
    ['cpu', 'tensorflow', 'webgpu'].includes(backend) || (backend === 'webgl' && x!.shape.includes(0)),
  polyfill: segmentSum,
});

/** Each example's segments behind those of the one before it. */
function batch({ kernel, inputs: { x, segmentIds }, size, attrs }: BatchCall): Tensor {
  const n = attrs.numSegments as number;
  const [ids, isInside] = inside(withBatch(segmentIds!, size), n, 0);
  const own = offset(ids, { lead: size, outer: 1, n, inner: 1 });
  const sums = runKernel(
    kernel,
    {
      x: mergeBatch(withBatch(x!, size)),
      segmentIds: where(reshape(isInside, [-1]), own, scalar(-1, 'int32')),
    },
    { numSegments: size * n },
  );
  return splitBatch(sums, size);
}

/** By scattering; what belongs nowhere goes to a row behind the last, which is cut off. */
function segmentSum({ x, segmentIds }: Named<Tensor>, { numSegments }: { numSegments?: number }): Tensor {
  const n = numSegments!;
  const rest = x!.shape.slice(1);
  const [ids] = inside(segmentIds!, n, n);
  const sums = scatterND(reshape(ids, [-1, 1]), x!, [n + 1, ...rest]);
  return slice(sums, 0, n);
}

export const batching: Batching = () => ({ UnsortedSegmentSum: batch });
