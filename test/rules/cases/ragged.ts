import * as tf from '@tensorflow/tfjs-core';
import type { RuleCase } from '../case';

const missing = { wasm: 'no ragged kernels', tensorflow: 'no ragged kernels' };
const ints = (values: number[]): tf.Tensor1D => tf.tensor1d(values, 'int32');

const ragged: RuleCase[] = [
  {
    kernel: 'RaggedGather',
    name: 'rows of a ragged tensor',
    args: [{ shape: [5, 2] }],
    f: (values) => {
      const { outputNestedSplits, outputDenseValues } = tf.raggedGather(
        [ints([0, 2, 2, 5])],
        values,
        ints([2, 0, 2]),
        1,
      );
      return [...outputNestedSplits, tf.square(outputDenseValues)];
    },
    missing,
  },
  {
    kernel: 'RaggedTensorToTensor',
    name: 'by row ids',
    args: [{ shape: [5] }, { shape: [] }],
    f: (values, otherwise) =>
      tf.square(
        tf.raggedTensorToTensor(
          ints([-1, -1]),
          values,
          otherwise,
          [tf.scalar(4, 'int32'), ints([0, 0, 2, 3, 3])],
          ['FIRST_DIM_SIZE', 'VALUE_ROWIDS'],
        ),
      ),
    missing,
  },
  {
    kernel: 'RaggedTensorToTensor',
    name: 'pairs by splits, cut to a shape',
    args: [{ shape: [5, 2] }, { shape: [2] }],
    f: (values, otherwise) =>
      tf.raggedTensorToTensor(ints([4, 2, 2]), values, otherwise, [ints([0, 3, 3, 5])], ['ROW_SPLITS']),
    missing,
  },
  {
    kernel: 'RaggedRange',
    name: 'rows of their own, one empty',
    args: [
      { shape: [3], values: [0.1, 2, 5.2] },
      { shape: [3], values: [0.6, 1, 3.7] },
    ],
    f: (starts, deltas) => {
      const { rtNestedSplits, rtDenseValues } = tf.raggedRange(
        starts,
        tf.tensor1d([2.45, 2, 9.8]),
        tf.abs(deltas),
      );
      return [rtNestedSplits!, tf.square(rtDenseValues!)];
    },
    noSecondOrder: 'far steps of the finite differences change how many numbers there are',
    loops: 'examples may differ in how many numbers there are',
    missing,
  },
];

export default ragged;
