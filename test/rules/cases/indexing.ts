import * as tf from '@tensorflow/tfjs-core';
import type { Arg, RuleCase } from '../case';

const ints = (shape: number[], values: number[]): Arg => ({ shape, values, dtype: 'int32' });

const gathers: [name: string, x: number[], indices: Arg, axis: number, batchDims?: number][] = [
  ['rows, some twice', [4, 3], ints([5], [3, 0, 3, 1, 3]), 0],
  ['an axis in the middle', [2, 4, 3], ints([3], [2, 2, 0]), 1],
  ['the last axis', [2, 3, 4], ints([2], [3, 1]), -1],
  ['indices of rank 2', [2, 3, 2], ints([2, 2], [0, 2, 1, 2]), 1],
  ['a scalar index', [3, 2], ints([], [1]), 0],
  ['a vector', [5], ints([2, 3], [0, 1, 1, 4, 4, 4]), 0],
  ['indices of each batch', [2, 3, 2], ints([2, 4], [0, 2, 2, 1, 1, 0, 0, 0]), 1, 1],
  ['indices of each batch, axes between', [2, 2, 3, 2], ints([2, 3], [0, 2, 2, 1, 0, 0]), 2, 1],
  ['two batch axes', [2, 1, 3], ints([2, 1, 2], [2, 0, 1, 1]), 2, 2],
];

const indexing: RuleCase[] = [
  ...gathers.map(([name, shape, indices, axis, batchDims]): RuleCase => ({
    kernel: 'GatherV2',
    name,
    args: [{ shape }, indices],
    f: (x, i) => tf.gather(x, i, axis, batchDims),
  })),
  {
    kernel: 'GatherV2',
    name: 'twice in a product',
    args: [{ shape: [4] }, ints([3], [1, 1, 3])],
    f: (x, i) => tf.mul(tf.gather(x, i), tf.square(tf.gather(x, i))),
  },
  {
    kernel: 'GatherNd',
    name: 'elements',
    args: [{ shape: [2, 3] }, ints([4, 2], [0, 1, 1, 2, 0, 1, 1, 0])],
    f: (x, i) => tf.gatherND(x, i),
  },
  {
    kernel: 'GatherNd',
    name: 'slices, index vectors of rank 3',
    args: [{ shape: [3, 2, 2] }, ints([2, 2, 1], [2, 0, 2, 2])],
    f: (x, i) => tf.gatherND(x, i),
  },
  {
    kernel: 'GatherNd',
    name: 'one index vector',
    args: [{ shape: [3, 2, 2] }, ints([2], [2, 1])],
    f: (x, i) => tf.gatherND(x, i),
  },
  {
    kernel: 'ScatterNd',
    name: 'slices at plain numbers',
    args: [ints([3], [3, 1, 3]), { shape: [3, 2] }],
    f: (i, u) => tf.scatterND(i, u, [4, 2]),
  },
  {
    kernel: 'ScatterNd',
    name: 'elements, two at one place',
    args: [ints([3, 2], [0, 1, 1, 2, 0, 1]), { shape: [3] }],
    f: (i, u) => tf.scatterND(i, u, [2, 3]),
  },
  {
    kernel: 'ScatterNd',
    name: 'slices',
    args: [ints([3, 1], [3, 1, 3]), { shape: [3, 2] }],
    f: (i, u) => tf.scatterND(i, u, [4, 2]),
  },
  {
    kernel: 'TopK',
    name: 'of rows',
    args: [{ shape: [2, 3, 5], distinct: true }],
    f: (x) => tf.topk(x, 2).values,
  },
  {
    kernel: 'TopK',
    name: 'of one',
    args: [{ shape: [3, 1] }],
    f: (x) => tf.topk(x, 1).values,
  },
  {
    kernel: 'TopK',
    name: 'values and places of a vector',
    args: [{ shape: [6], distinct: true }],
    f: (x) => {
      const { values, indices } = tf.topk(x, 4);
      return [tf.square(values), indices];
    },
  },
  {
    kernel: 'TopK',
    name: 'all',
    args: [{ shape: [2, 3], distinct: true }],
    f: (x) => tf.topk(x, 3).values,
  },
  ...(['int32', 'float32', 'bool'] as const).map((dtype): RuleCase => ({
    kernel: 'OneHot',
    name: `of ${dtype}, one index outside`,
    args: [ints([2, 3], [0, 3, 1, 1, -1, 2])],
    f: (i) => tf.oneHot(tf.mul(i, tf.scalar(1, 'int32')), 3, 1, 0, dtype),
  })),
  {
    kernel: 'OneHot',
    name: 'other values',
    args: [ints([4], [0, 3, 1, 1])],
    f: (i) => tf.oneHot(i, 5, 2.5, -1.5, 'float32'),
  },
  {
    kernel: 'UnsortedSegmentSum',
    name: 'of rows, one segment empty',
    args: [{ shape: [4, 3] }, ints([4], [2, 0, 2, 0])],
    f: (x, ids) => tf.unsortedSegmentSum(x, ids, 4),
  },
  {
    kernel: 'UnsortedSegmentSum',
    name: 'ids outside of all segments',
    args: [{ shape: [5, 2, 2] }, ints([5], [1, -1, 0, 7, 1])],
    f: (x, ids) => tf.unsortedSegmentSum(x, ids, 2),
  },
  {
    kernel: 'UnsortedSegmentSum',
    name: 'of numbers',
    args: [{ shape: [3] }, ints([3], [1, 1, 0])],
    f: (x, ids) => tf.unsortedSegmentSum(x, ids, 3),
  },
];

const overwriting: RuleCase[] = [
  {
    kernel: 'SparseToDense',
    name: 'index vectors, one place twice',
    args: [ints([4, 2], [0, 1, 1, 2, 0, 1, 1, 0]), { shape: [4] }, { shape: [] }],
    f: (i, v, d) => tf.sparseToDense(i, v, [2, 3], d),
  },
  {
    kernel: 'SparseToDense',
    name: 'into a vector, one value for all places',
    args: [ints([3], [4, 0, 2]), { shape: [] }],
    f: (i, v) => tf.sparseToDense(i, v, [5], -1),
  },
  {
    kernel: 'SparseToDense',
    name: 'one index',
    args: [ints([], [2]), { shape: [1] }, { shape: [] }],
    f: (i, v, d) => tf.square(tf.sparseToDense(tf.reshape(i, [1]), v, [3], d)),
  },
  {
    kernel: 'TensorScatterUpdate',
    name: 'slices, one place twice',
    args: [{ shape: [4, 2] }, ints([3, 1], [2, 0, 2]), { shape: [3, 2] }],
    f: (x, i, u) => tf.tensorScatterUpdate(x, i, u),
  },
  {
    kernel: 'TensorScatterUpdate',
    name: 'elements, index vectors of rank 3',
    args: [{ shape: [2, 3] }, ints([2, 1, 2], [1, 2, 0, 0]), { shape: [2, 1] }],
    f: (x, i, u) => tf.square(tf.tensorScatterUpdate(x, i, u)),
  },
];

const numbers = ints([6], [1, 0, 3, 1, 7, 1]);

const counting: RuleCase[] = [
  {
    kernel: 'Bincount',
    name: 'with weights, one number too large',
    args: [numbers, { shape: [6] }],
    f: (x, w) => tf.square(tf.bincount(x, w, 5)),
  },
  {
    kernel: 'Bincount',
    name: 'without weights',
    args: [numbers],
    f: (x) => tf.bincount(x, tf.tensor1d([]), 5),
  },
  {
    kernel: 'DenseBincount',
    name: 'of a vector',
    args: [numbers, { shape: [6] }],
    f: (x, w) => tf.denseBincount(x, w, 8),
  },
  {
    kernel: 'DenseBincount',
    name: 'of rows',
    args: [ints([2, 3], [0, 2, 2, 9, 1, 1]), { shape: [2, 3] }],
    f: (x, w) => tf.square(tf.denseBincount(x, w, 4)),
  },
  {
    kernel: 'DenseBincount',
    name: 'whether there are any in a row',
    args: [ints([2, 3], [0, 2, 2, 9, 1, 1]), { shape: [2, 3] }],
    f: (x, w) => tf.denseBincount(x, w, 4, true),
    constant: true,
  },
  {
    kernel: 'DenseBincount',
    name: 'whether there are any in a vector',
    args: [numbers],
    f: (x) => tf.denseBincount(x, tf.tensor1d([]), 4, true),
  },
  {
    kernel: 'SearchSorted',
    name: 'rows',
    args: [
      { shape: [2, 3], values: [0, 1, 2, -1, 0.5, 3] },
      { shape: [2, 4], range: [-1, 3] },
    ],
    f: (sorted, values) => tf.searchSorted(sorted, values, 'right'),
    constant: true,
  },
  {
    kernel: 'SearchSorted',
    name: 'a vector, from the left',
    args: [
      { shape: [4], values: [0, 1, 1, 2] },
      { shape: [3], values: [1, 3, -1] },
    ],
    f: (sorted, values) => tf.searchSorted(sorted, values),
    constant: true,
  },
  {
    kernel: 'Unique',
    name: 'numbers',
    args: [{ shape: [3], distinct: true }],
    f: (x) => tf.square(tf.unique(tf.gather(x, [1, 0, 1, 2, 0])).values),
    loops: 'how many distinct numbers there are depends on the example',
  },
  {
    kernel: 'Unique',
    name: 'columns',
    args: [{ shape: [2, 3], distinct: true }],
    f: (x) => {
      const { values, indices } = tf.unique(tf.gather(x, [2, 2, 0, 1], 1), 1);
      return [tf.square(values), indices];
    },
    loops: 'how many distinct columns there are depends on the example',
  },
];

export default [...indexing, ...overwriting, ...counting];
