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
    f: (x: tf.Tensor) => {
      const y = tf.tile(x, reps);
      // Weights, so that the copies count differently.
      return tf.mul(tf.square(y), tf.reshape(tf.range(0, y.size, 1, 'float32'), y.shape));
    },
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
    f: (x: tf.Tensor) => {
      const y = tf.reverse(x, axis);
      return tf.mul(tf.square(y), tf.reshape(tf.range(0, y.size, 1, 'float32'), y.shape));
    },
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

// MirrorPad, SpaceToBatchND, BatchToSpaceND, DepthToSpace, Diag, BroadcastArgs: elements that change places.
const places: RuleCase[] = [
  ...(['reflect', 'symmetric'] as const).flatMap((mode) =>
    (
      [
        ['a vector', [4], [[2, 3]]],
        [
          'one side',
          [3, 4],
          [
            [0, 2],
            [1, 0],
          ],
        ],
        [
          'no margin',
          [2, 3],
          [
            [0, 0],
            [0, 0],
          ],
        ],
        [
          'rank 3',
          [2, 3, 4],
          [
            [1, 0],
            [2, 1],
            [0, 3],
          ],
        ],
        [
          'rank 4',
          [2, 1, 3, 2],
          [
            [1, 1],
            [0, 0],
            [2, 1],
            [1, 0],
          ],
        ],
        [
          'rank 5',
          [2, 1, 3, 2, 2],
          [
            [1, 0],
            [0, 0],
            [2, 0],
            [0, 1],
            [1, 1],
          ],
        ],
      ] as [string, number[], [number, number][]][]
    ).map(([name, shape, paddings]): RuleCase => ({
      kernel: 'MirrorPad',
      name: `${mode}, ${name}`,
      args: [{ shape }],
      f: (x: tf.Tensor) => weighted(tf.square(tf.mirrorPad(x, paddings, mode))),
    })),
  ),
  ...(
    [
      ['one axis', [2, 4, 3], [2], [[0, 0]]],
      [
        'two axes',
        [1, 4, 6, 2],
        [2, 3],
        [
          [0, 0],
          [0, 0],
        ],
      ],
      [
        'padded',
        [2, 3, 4, 1],
        [2, 3],
        [
          [0, 1],
          [1, 1],
        ],
      ],
      [
        'all axes',
        [2, 3, 2],
        [3, 2],
        [
          [2, 1],
          [0, 0],
        ],
      ],
      [
        'three axes',
        [1, 2, 3, 2, 2],
        [2, 1, 2],
        [
          [0, 0],
          [1, 0],
          [1, 1],
        ],
      ],
    ] as [string, number[], number[], [number, number][]][]
  ).map(([name, shape, block, paddings]): RuleCase => ({
    kernel: 'SpaceToBatchND',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => weighted(tf.square(tf.spaceToBatchND(x, block, paddings))),
  })),
  ...(
    [
      ['one axis', [4, 2, 3], [2], [[0, 0]]],
      [
        'two axes',
        [6, 2, 1, 2],
        [2, 3],
        [
          [0, 0],
          [0, 0],
        ],
      ],
      [
        'cropped',
        [8, 3, 2, 1],
        [2, 2],
        [
          [1, 0],
          [1, 2],
        ],
      ],
      [
        'all axes',
        [12, 2, 1],
        [3, 2],
        [
          [2, 1],
          [0, 0],
        ],
      ],
    ] as [string, number[], number[], [number, number][]][]
  ).map(([name, shape, block, crops]): RuleCase => ({
    kernel: 'BatchToSpaceND',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => weighted(tf.square(tf.batchToSpaceND(x, block, crops))),
  })),
  ...(
    [
      ['block 2', [1, 2, 3, 4], 2, 'NHWC'],
      ['block 2, two channels', [2, 1, 2, 8], 2, 'NHWC'],
      ['block 3', [2, 2, 1, 9], 3, 'NHWC'],
      ['channels first', [2, 8, 1, 2], 2, 'NCHW'],
    ] as [string, [number, number, number, number], number, 'NHWC' | 'NCHW'][]
  ).map(([name, shape, block, format]): RuleCase => ({
    kernel: 'DepthToSpace',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor4D) => weighted(tf.square(tf.depthToSpace(x, block, format))),
  })),
  ...[[4], [1], [2, 3], [2, 1, 2]].map((shape): RuleCase => ({
    kernel: 'Diag',
    name: `of [${shape.join(',')}]`,
    args: [{ shape }],
    f: (x: tf.Tensor) => weighted(tf.square(tf.diag(x))),
  })),
  ...(
    [
      [[3], [3]],
      [
        [1, 3],
        [2, 1, 1],
      ],
      [
        [4, 1, 3],
        [2, 1],
      ],
    ] as [number[], number[]][]
  ).map(([s0, s1]): RuleCase => ({
    kernel: 'BroadcastArgs',
    name: `[${s0.join(',')}] with [${s1.join(',')}]`,
    args: [
      { shape: [s0.length], values: s0, dtype: 'int32' },
      { shape: [s1.length], values: s1, dtype: 'int32' },
    ],
    f: (a: tf.Tensor, b: tf.Tensor) => tf.broadcastArgs(a, b),
    constant: true,
  })),
];

/** Each element counts for something else, so that none can be mistaken for another. */
function weighted(y: tf.Tensor): tf.Tensor {
  return tf.mul(y, tf.reshape(tf.range(1, y.size + 1, 1, 'float32'), y.shape));
}

// Reshape, ExpandDims, Transpose: the same elements in another order or shape.
const forms: RuleCase[] = [
  ...(
    [
      ['to a matrix', [6], [2, 3]],
      ['to a vector', [2, 3, 2], [-1]],
      ['to a scalar', [1, 1], []],
      ['from a scalar', [], [1, 1, 1]],
      ['one length inferred', [4, 3], [2, -1, 2]],
      ['empty', [2, 0, 3], [3, 0]],
    ] as [string, number[], number[]][]
  ).map(([name, shape, to]): RuleCase => ({
    kernel: 'Reshape',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => tf.square(tf.reshape(x, to)),
  })),
  {
    kernel: 'Reshape',
    name: 'as squeeze and flatten',
    args: [{ shape: [1, 3, 1, 2] }],
    f: (x: tf.Tensor) => [tf.square(tf.squeeze(x, [0])), tf.pow(tf.reshape(tf.squeeze(x), [-1]), 3)],
  },
  ...(
    [
      ['a scalar', [], 0],
      ['axis 0', [2, 3], 0],
      ['axis 1', [2, 3], 1],
      ['behind', [2, 3], 2],
      ['axis -1', [2, 3], -1],
      ['axis -3', [2, 3], -3],
      ['rank 4', [2, 1, 3, 2], 2],
    ] as [string, number[], number][]
  ).map(([name, shape, axis]): RuleCase => ({
    kernel: 'ExpandDims',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => tf.square(tf.expandDims(x, axis)),
  })),
  ...(
    [
      ['a matrix', [2, 3], [1, 0]],
      ['no permutation given', [2, 3, 4], undefined],
      ['a cycle', [2, 3, 4], [1, 2, 0]],
      ['nothing moves', [2, 3], [0, 1]],
      ['ones', [2, 1, 3], [1, 0, 2]],
      ['empty', [2, 0, 3], [2, 0, 1]],
      ['rank 4', [2, 3, 1, 4], [3, 0, 2, 1]],
      ['rank 5', [2, 1, 3, 2, 4], [4, 2, 0, 1, 3]],
    ] as [string, number[], number[] | undefined][]
  ).map(([name, shape, perm]): RuleCase => ({
    kernel: 'Transpose',
    name,
    args: [{ shape }],
    f: (x: tf.Tensor) => {
      const y = tf.transpose(x, perm);
      return tf.mul(tf.square(y), tf.reshape(tf.range(0, y.size, 1, 'float32'), y.shape));
    },
  })),
  {
    kernel: 'Transpose',
    name: 'integers',
    args: [{ shape: [2, 3], dtype: 'int32' }],
    f: (x: tf.Tensor) => tf.transpose(x),
  },
];

export default [...joins, ...parts, ...places, ...forms];
