import * as tf from '@tensorflow/tfjs-core';
import type { RuleCase } from '../case';

// Concat, Pack, SplitV, Unpack: tensors joined and taken apart.
const joins: RuleCase[] = [
  ...(
    [
      ['axis 0 of vectors', [[2], [3]], 0],
      [
        'axis 0',
        [
          [2, 3],
          [1, 3],
        ],
        0,
      ],
      [
        'axis -1',
        [
          [2, 3],
          [2, 1],
        ],
        -1,
      ],
      [
        'axis 1 of three',
        [
          [2, 1, 2],
          [2, 3, 2],
          [2, 2, 2],
        ],
        1,
      ],
      [
        'axis 2 of rank 4',
        [
          [1, 2, 1, 3],
          [1, 2, 2, 3],
        ],
        2,
      ],
      [
        'axis 0 of rank 5',
        [
          [1, 2, 1, 3, 2],
          [2, 2, 1, 3, 2],
        ],
        0,
      ],
      [
        'with an empty part',
        [
          [2, 3],
          [2, 0],
        ],
        1,
      ],
    ] as [string, number[][], number][]
  ).map(([name, shapes, axis]): RuleCase => ({
    kernel: 'Concat',
    name,
    args: shapes.map((shape) => ({ shape })),
    // Squared, so that second derivatives show.
    f: (...xs: tf.Tensor[]) => tf.square(tf.concat(xs, axis)),
  })),
  {
    kernel: 'Concat',
    name: 'x beside itself and a constant',
    args: [{ shape: [2, 2] }],
    f: (x: tf.Tensor2D) => tf.square(tf.concat([x, tf.ones([2, 1]), tf.square(x)], 1)),
  },
  {
    kernel: 'Concat',
    name: 'integers',
    args: [
      { shape: [2, 3], dtype: 'int32' },
      { shape: [1, 3], dtype: 'int32' },
    ],
    f: (a: tf.Tensor, b: tf.Tensor) => tf.concat([a, b], 0),
  },
  {
    kernel: 'Concat',
    name: 'truth values',
    args: [
      { shape: [2, 3], dtype: 'bool', range: [0, 2] },
      { shape: [2, 1], dtype: 'bool', range: [0, 2] },
    ],
    f: (a: tf.Tensor, b: tf.Tensor) => tf.concat([a, b], 1),
  },
  ...(
    [
      ['scalars', [[], []], 0],
      [
        'axis 0',
        [
          [2, 3],
          [2, 3],
        ],
        0,
      ],
      [
        'axis 1 of three',
        [
          [2, 3],
          [2, 3],
          [2, 3],
        ],
        1,
      ],
      [
        'axis -1',
        [
          [2, 3],
          [2, 3],
        ],
        -1,
      ],
      [
        'axis -2',
        [
          [2, 3],
          [2, 3],
        ],
        -2,
      ],
      ['of one', [[2, 3]], 1],
      [
        'axis 3 of rank 4',
        [
          [2, 1, 3, 2],
          [2, 1, 3, 2],
        ],
        3,
      ],
      [
        'of empty ones',
        [
          [2, 0],
          [2, 0],
        ],
        1,
      ],
    ] as [string, number[][], number][]
  ).map(([name, shapes, axis]): RuleCase => ({
    kernel: 'Pack',
    name,
    args: shapes.map((shape) => ({ shape })),
    f: (...xs: tf.Tensor[]) => tf.square(tf.stack(xs, axis)),
  })),
  {
    kernel: 'Pack',
    name: 'x beside constants',
    args: [{ shape: [3] }],
    f: (x: tf.Tensor) => tf.square(tf.stack([tf.ones([3]), x, tf.square(x)], 1)),
  },
  ...(
    [
      ['in two', [4, 3], 2, 0],
      ['sizes', [2, 6], [1, 3, 2], 1],
      ['axis -1', [2, 1, 4], [3, 1], -1],
      ['the rest', [5, 2], [1, -1, 2], 0],
      ['an empty part', [3, 2], [0, 3], 0],
      ['rank 5', [1, 2, 1, 4, 2], 2, 3],
    ] as [string, number[], number | number[], number][]
  ).map(([name, shape, sizes, axis]): RuleCase => ({
    kernel: 'SplitV',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) =>
      tf.split(x, typeof sizes === 'number' ? sizes : [...sizes], axis).map((part, i) => tf.pow(part, i + 2)),
  })),
  {
    kernel: 'SplitV',
    name: 'only one part used',
    args: [{ shape: [2, 6] }],
    f: (x: tf.Tensor) => tf.square(tf.split(x, 3, 1)[1]!),
  },
  ...(
    [
      ['a vector', [3], 0],
      ['axis 0', [2, 3], 0],
      ['axis 1', [2, 3, 2], 1],
      ['axis -1', [2, 1, 3], -1],
      ['rank 5', [2, 1, 2, 3, 1], 3],
    ] as [string, number[], number][]
  ).map(([name, shape, axis]): RuleCase => ({
    kernel: 'Unpack',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => tf.unstack(x, axis).map((part, i) => tf.pow(part, i + 2)),
  })),
];

export default joins;
