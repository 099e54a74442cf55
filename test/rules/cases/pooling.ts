import * as tf from '@tensorflow/tfjs-core';
import type { RuleCase } from '../case';

type Windows = [name: string, size: unknown, strides: unknown, pad: unknown, rounding?: string];

const windows: Windows[] = [
  ['tiles', 2, 2, 'valid'],
  ['tiles of 3 by 2', [3, 2], [3, 2], 'valid'],
  ['overlapping', [2, 3], 1, 'valid'],
  ['overlapping, same', 3, 1, 'same'],
  ['overlapping, stride 2, same', 3, 2, 'same'],
  ['tiles, same, over the border', 2, 2, 'same'],
  ['last inputs unseen', 2, 3, 'valid'],
  ['padding 1', 3, 2, 1],
  ['padding 1, floor', 2, 2, 1, 'floor'],
  ['no padding, ceil', 2, 2, 0, 'ceil'],
  ['padding 1, windows of 3 by 2', [3, 2], [2, 1], 1],
  ['single entries', 1, 1, 'valid'],
  ['single entries, stride 2', 1, 2, 'valid'],
];

const pool2d = (kernel: string, op: (...args: any[]) => tf.Tensor, distinct: boolean): RuleCase[] =>
  windows.flatMap(([name, size, strides, pad, rounding]) =>
    (name === 'tiles' || name.startsWith('tiles of') ? [[2, 6, 4, 2]] : [[2, 5, 7, 2]]).map((shape) => ({
      kernel,
      name,
      args: [{ shape, distinct }],
      f: (x) => op(x, size, strides, pad, rounding),
    })),
  );

const volumes: Windows[] = [
  ['tiles', 2, 2, 'valid'],
  ['overlapping, same', [2, 3, 2], [1, 2, 1], 'same'],
  ['padding 1', 2, 1, 1],
  ['no padding, ceil', 2, [3, 3, 2], 0, 'ceil'],
];

const images: RuleCase[] = [
  ...pool2d('AvgPool', tf.avgPool, false),
  ...pool2d('MaxPool', tf.maxPool, true),
  {
    kernel: 'MaxPool',
    name: 'one image without a batch',
    args: [{ shape: [4, 5, 2], distinct: true }],
    f: (x) => tf.maxPool(x, 2, 2, 'same'),
  },
  {
    kernel: 'AvgPool',
    name: 'one image without a batch',
    args: [{ shape: [4, 5, 2] }],
    f: (x) => tf.avgPool(x, 2, 2, 'same'),
  },
  {
    kernel: 'MaxPool',
    name: 'nothing positive',
    args: [
      { shape: [1, 4, 4, 2], values: Array.from({ length: 32 }, (_, i) => -0.2 * (1 + ((i * 7) % 32))) },
    ],
    f: (x) => tf.maxPool(x, 3, 1, 'same'),
  },
  {
    kernel: 'MaxPool',
    name: 'dilation through tf.pool',
    args: [{ shape: [1, 5, 6, 2], distinct: true }],
    f: (x) => tf.pool(x, 2, 'max', 'same', 2, 1),
  },
  {
    kernel: 'AvgPool',
    name: 'dilation through tf.pool',
    args: [{ shape: [1, 5, 6, 2] }],
    f: (x) => tf.pool(x, 2, 'avg', 'valid', 2, 1),
  },
  ...[true, false].map((withBatch): RuleCase => ({
    kernel: 'MaxPoolWithArgmax',
    name: withBatch ? 'places in the batch' : 'places in the image',
    args: [
      { shape: [2, 4, 5, 2], values: Array.from({ length: 80 }, (_, i) => 0.1 * (1 + ((i * 31) % 80)) - 6) },
    ],
    f: (x) => {
      const { result, indexes } = tf.maxPoolWithArgmax(x, 2, 2, 'same', withBatch);
      return [result!, indexes!];
    },
  })),
];

const spaces: RuleCase[] = volumes.flatMap(([name, size, strides, pad, rounding]) => [
  {
    kernel: 'AvgPool3D',
    name,
    args: [{ shape: [2, 4, 4, 2, 2] }],
    f: (x) => tf.avgPool3d(x, size as number, strides as number, pad as 'same', rounding as 'ceil'),
  },
  {
    kernel: 'MaxPool3D',
    name,
    args: [
      {
        shape: [1, 4, 4, 2, 2],
        values: Array.from({ length: 64 }, (_, i) => 0.2 * (1 + ((i * 29) % 64)) - 9.1),
      },
    ],
    f: (x) => tf.maxPool3d(x, size as number, strides as number, pad as 'same', rounding as 'ceil'),
  },
]);

export default [...images, ...spaces];
