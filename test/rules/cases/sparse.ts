import * as tf from '@tensorflow/tfjs-core';
import type { Arg, RuleCase } from '../case';

const missing = { tensorflow: 'no sparse kernels' };
const ints = (shape: number[], values: number[]): Arg => ({ shape, values, dtype: 'int32' });

const segments: RuleCase[] = (['sparseSegmentSum', 'sparseSegmentMean'] as const).flatMap(
  (op): RuleCase[] => [
    {
      kernel: `S${op.slice(1)}`,
      name: 'rows, some twice, one segment empty',
      args: [{ shape: [4, 3] }, ints([5], [1, 3, 1, 0, 1]), ints([5], [0, 0, 0, 2, 2])],
      f: (data, indices, ids) => tf.square(tf.sparse[op](data, indices, ids)),
      loops: 'examples with ids of their own may differ in the number of segments',
      missing,
    },
    {
      kernel: `S${op.slice(1)}`,
      name: 'matrices, of all examples at once',
      args: [{ shape: [3, 2, 2] }],
      f: (data) => tf.sparse[op](data, tf.tensor1d([2, 0, 2], 'int32'), tf.tensor1d([0, 1, 1], 'int32')),
      missing,
    },
    {
      kernel: `S${op.slice(1)}`,
      name: 'numbers',
      args: [{ shape: [4] }],
      f: (data) => tf.sparse[op](data, tf.tensor1d([2, 0, 2], 'int32'), tf.tensor1d([0, 0, 1], 'int32')),
      missing,
    },
  ],
);

const filling: RuleCase[] = [
  {
    kernel: 'SparseFillEmptyRows',
    name: 'two rows empty, entries out of order',
    args: [ints([4, 2], [3, 1, 1, 0, 3, 3, 1, 2]), { shape: [4] }, { shape: [] }],
    f: (indices, values, otherwise) => {
      const filled = tf.sparse.sparseFillEmptyRows(indices, values, [5, 6], otherwise);
      return [tf.square(filled.outputValues!), filled.outputIndices!, filled.reverseIndexMap!];
    },
    loops: 'examples may differ in the number of empty rows',
    missing,
  },
  {
    kernel: 'SparseReshape',
    name: 'with an unknown length',
    args: [ints([3, 2], [0, 1, 2, 3, 1, 0])],
    f: (indices) => {
      const { outputIndices, outputShape } = tf.sparse.sparseReshape(indices, [3, 4], [2, -1, 3]);
      return [outputIndices!, outputShape!];
    },
    missing,
  },
];

export default [...segments, ...filling];
