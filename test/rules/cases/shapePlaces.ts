import * as tf from '@tensorflow/tfjs-core';
import type { RuleCase } from '../case';
import { weighted } from '../weighted';

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

export default places;
