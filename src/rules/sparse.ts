import {
  div,
  gather,
  greater,
  maximum,
  ones,
  reshape,
  scatterND,
  sum,
  transpose,
  where,
  zerosLike,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type BatchCall, type Batching } from '../core/rule';
import { mergeBatch, splitBatch, withBatch } from './families/batching';
import { alongInput } from './families/linear';
import { scatterRows } from './indexing/gather';
import { layoutOf } from './indexing/layout';

/*
 * y[s] is the sum, or the mean, of the rows data[indices[i]] over all i with segmentIds[i] = s, which are sorted.
 * Linear in the data: each row's cotangent is that of its segment, or its share of it.
 */
for (const [kernel, isMean] of [
  ['SparseSegmentSum', false],
  ['SparseSegmentMean', true],
] as const) {
  defineRule(kernel, {
    vjp: {
      data: {
        reads: ['indices', 'segmentIds'],
        pull: (ct, { inputs, avals }) => {
          const { shape } = avals.data!;
          const ids = inputs.segmentIds as Tensor1D;
          const shares = isMean ? div(ct, lengths(ids, ct)) : ct;
          const rows = gather(shares, ids);
          return reshape(scatterRows(rows, inputs.indices!, layoutOf(shape, 0, 0)), [...shape]);
        },
      },
    },
    jvp: alongInput('data'),
    uncapturable: 'how many segments there are depends on the ids; tf.unsortedSegmentSum is told',
  });
}

/** How many rows each segment has, at least 1, of a shape that divides its sums. */
function lengths(ids: Tensor, sums: Tensor): Tensor {
  const counts = scatterND(reshape(ids, [-1, 1]), ones([ids.size]), [sums.shape[0]!]);
  return reshape(maximum(counts, 1), [-1, ...sums.shape.slice(1).map(() => 1)]);
}

/** Data of all examples side by side; examples with indices of their own may differ in the number of segments. */
function batch({ kernel, inputs: { data, indices, segmentIds }, size }: BatchCall): Tensor | undefined {
  if (indices!.batched || segmentIds!.batched) return undefined;
  const [, n, ...rest] = data!.value.shape as [number, number, ...number[]];
  const others = rest.map((_, i) => i + 2);
  const beside = reshape(transpose(data!.value, [1, 0, ...others]), [n, -1]);
  const sums = runKernel(kernel, { data: beside, indices: indices!.value, segmentIds: segmentIds!.value });
  return transpose(reshape(sums, [sums.shape[0]!, size, ...rest]), [1, 0, ...others]);
}

/*
 * The entries of a sparse matrix, and the default value where a row has none. `reverseIndexMap` says where each entry went;
 * all other places hold the default value.
 */
defineRule('SparseFillEmptyRows', {
  vjp: {
    values: {
      readsOutputs: [3],
      pull: (_, { outputs }, cts) => gather(cts[1]!, outputs[3] as Tensor1D),
    },
    defaultValue: {
      readsOutputs: [3],
      pull: (_, { outputs }, cts) => {
        const ct = cts[1]!;
        return sum(where(areEntries(outputs[3]!, ct.size), zerosLike(ct), ct));
      },
    },
  },
  jvp: ({ inputs, tangents, outputs: [, filled, , places] }) => {
    const entries = tangents.values ?? zerosLike(inputs.values!);
    const otherwise = tangents.defaultValue ?? zerosLike(inputs.defaultValue!);
    const moved = scatterND(reshape(places!, [-1, 1]), entries, [filled!.size]);
    return [null, where(areEntries(places!, filled!.size), moved, otherwise), null, null];
  },
  uncapturable: 'how many rows are empty depends on the indices',
});

function areEntries(places: Tensor, size: number): Tensor {
  return greater(scatterND(reshape(places, [-1, 1]), ones([places.size]), [size]), 0);
}

// Indices only. The kernel reads both shapes as numbers, so examples must share them.
defineRule('SparseReshape', {
  constant: true,
  shape: ({ inputs: { inputIndices, newShape } }) => [
    { shape: [inputIndices!.shape[0]!, newShape!.shape[0]!], dtype: inputIndices!.dtype },
    { shape: newShape!.shape, dtype: newShape!.dtype },
  ],
});

export const batching: Batching = () => ({
  SparseSegmentSum: batch,
  SparseSegmentMean: batch,
  SparseReshape: ({ kernel, inputs: { inputIndices, inputShape, newShape }, size }) => {
    if (inputShape!.batched || newShape!.batched) return undefined;
    const [indices, lengths] = runKernel<Tensor[]>(kernel, {
      inputIndices: mergeBatch(inputIndices!.value),
      inputShape: inputShape!.value,
      newShape: newShape!.value,
    }) as [Tensor, Tensor];
    return [splitBatch(indices, size), withBatch({ value: lengths, batched: false }, size)];
  },
});
