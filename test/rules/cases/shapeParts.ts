import * as tf from '@tensorflow/tfjs-core';
import type { RuleCase } from '../case';
import { weighted } from '../weighted';

// Slice, StridedSlice, PadV2, Tile, Reverse: parts of a tensor, and tensors around it.
const parts: RuleCase[] = [
  ...(
    [
      ['a vector', [5], [1], [3]],
      ['to the end', [4, 3], [1, 0], [-1, 2]],
      ['leading axes only', [4, 3], [2], [1]],
      ['begin as a number', [4, 3], 1, 2],
      ['no size', [3, 4], [1, 2], undefined],
      ['the whole', [2, 3], [0, 0], [2, 3]],
      ['nothing', [2, 3], [1, 1], [0, 2]],
      ['rank 3', [2, 3, 4], [1, 0, 1], [1, 2, 2]],
      ['rank 4', [2, 3, 2, 4], [0, 1, 1, 1], [2, 1, 1, 3]],
      ['rank 5', [2, 1, 3, 2, 2], [1, 0, 1, 0, 1], [1, 1, 2, 2, 1]],
    ] as [string, number[], number | number[], number | number[] | undefined][]
  ).map(([name, shape, begin, size]): RuleCase => ({
    kernel: 'Slice',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => tf.square(tf.slice(x, begin as number[], size as number[])),
  })),
  {
    kernel: 'Slice',
    name: 'integers',
    args: [{ shape: [4, 3], dtype: 'int32' }],
    f: (x: tf.Tensor) => tf.slice(x, [1, 1], [2, 2]),
  },
  ...(
    [
      ['a vector', [4], [[1, 2]], 0],
      [
        'a constant',
        [2, 3],
        [
          [1, 0],
          [0, 2],
        ],
        1.5,
      ],
      [
        'no margin',
        [2, 3],
        [
          [0, 0],
          [0, 0],
        ],
        0,
      ],
      [
        'empty',
        [0, 2],
        [
          [1, 2],
          [0, 1],
        ],
        0.5,
      ],
      [
        'rank 3',
        [2, 1, 3],
        [
          [0, 1],
          [2, 0],
          [1, 1],
        ],
        0,
      ],
      [
        'rank 4',
        [1, 2, 2, 3],
        [
          [0, 0],
          [1, 2],
          [2, 1],
          [0, 0],
        ],
        -1,
      ],
      [
        'rank 5',
        [1, 2, 2, 1, 2],
        [
          [1, 0],
          [0, 1],
          [0, 0],
          [1, 1],
          [0, 1],
        ],
        0,
      ],
      [
        'rank 6',
        [1, 2, 1, 2, 1, 2],
        [
          [1, 0],
          [0, 0],
          [0, 1],
          [0, 0],
          [1, 0],
          [0, 1],
        ],
        0.5,
      ],
    ] as [string, number[], [number, number][], number][]
  ).map(([name, shape, paddings, value]): RuleCase => ({
    kernel: 'PadV2',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => tf.square(tf.pad(x, paddings, value)),
  })),
  {
    kernel: 'PadV2',
    name: 'integers',
    args: [{ shape: [2, 3], dtype: 'int32' }],
    f: (x: tf.Tensor) =>
      tf.pad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        7,
      ),
  },
  ...(
    [
      ['a vector', [3], [2]],
      ['both axes', [2, 3], [3, 2]],
      ['the last axis', [2, 3], [1, 4]],
      ['once', [2, 3], [1, 1]],
      ['not at all', [2, 3], [1, 0]],
      ['rank 3', [2, 1, 3], [2, 3, 1]],
      ['rank 4', [1, 2, 1, 3], [2, 1, 2, 2]],
      ['rank 5', [1, 2, 1, 3, 2], [1, 2, 1, 1, 2]],
    ] as [string, number[], number[]][]
  ).map(([name, shape, reps]): RuleCase => ({
    kernel: 'Tile',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => weighted(tf.square(tf.tile(x, reps))),
  })),
  {
    kernel: 'Tile',
    name: 'as broadcastTo',
    args: [{ shape: [2, 1] }],
    f: (x: tf.Tensor) => tf.square(tf.broadcastTo(x, [3, 2, 4])),
  },
  ...(
    [
      ['a vector', [5], 0],
      ['axis 1', [2, 3], 1],
      ['axis -1', [2, 1, 4], -1],
      ['two axes', [3, 2, 4], [0, -1]],
      ['all axes', [2, 3, 2], undefined],
      ['rank 4', [2, 3, 2, 2], [1, 2]],
      ['rank 5', [2, 1, 3, 2, 2], [0, 2, 4]],
      ['empty', [0, 3], 1],
    ] as [string, number[], number | number[] | undefined][]
  ).map(([name, shape, axis]): RuleCase => ({
    kernel: 'Reverse',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => weighted(tf.square(tf.reverse(x, axis))),
  })),
  {
    kernel: 'Reverse',
    name: 'integers',
    args: [{ shape: [2, 3], dtype: 'int32' }],
    f: (x: tf.Tensor) => tf.reverse(x, 1),
  },
  ...(
    [
      ['stride 2', [7], [1], [6], [2]],
      ['stride 3 up to the end', [8], [0], [8], [3]],
      ['backwards', [6], [4], [0], [-1]],
      ['backwards by 2', [7, 2], [5, 0], [0, 2], [-2, 1]],
      ['negative places', [6, 3], [-5, -2], [-1, 3], [2, 1]],
      ['both axes', [5, 6], [0, 1], [5, 6], [2, 3]],
      ['stride 1', [4, 5], [1, 2], [3, 4], [1, 1]],
      ['begin masked', [5, 4], [3, 1], [4, 4], [2, 2], { beginMask: 1 }],
      ['end masked, backwards', [5, 4], [3, 3], [1, 0], [-1, -2], { endMask: 3 }],
      ['ellipsis', [2, 3, 4], [0, 0], [0, 4], [1, 2], { ellipsisMask: 1 }],
      ['a new axis', [4, 5], [0, 0, 1], [0, 4, 5], [1, 2, 2], { newAxisMask: 1 }],
      ['a shrunk axis', [4, 5], [1, 0], [2, 5], [1, 1], { shrinkAxisMask: 1 }],
      ['nothing', [4, 5], [3, 0], [1, 5], [1, 2]],
      ['rank 3', [4, 3, 5], [3, 0, 4], [0, 3, 0], [-2, 2, -3]],
      ['rank 4', [2, 3, 4, 5], [0, 0, 0, 0], [2, 3, 4, 5], [1, 2, 3, 1]],
      ['the whole', [2, 3], [0, 0], [2, 3], [1, 1]],
    ] as [string, number[], number[], number[], number[], Record<string, number>?][]
  ).map(([name, shape, begin, end, strides, masks = {}]): RuleCase => ({
    kernel: 'StridedSlice',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) =>
      tf.square(
        tf.stridedSlice(
          x,
          begin,
          end,
          strides,
          masks.beginMask,
          masks.endMask,
          masks.ellipsisMask,
          masks.newAxisMask,
          masks.shrinkAxisMask,
        ),
      ),
  })),
];

export default parts;
