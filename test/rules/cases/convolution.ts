import * as tf from '@tensorflow/tfjs-core';
import type { RuleCase } from '../case';

type Windows = Record<string, unknown> & {
  strides: unknown;
  pad: unknown;
  dilations?: unknown;
  dimRoundingMode?: string;
};

const windows: [string, Windows][] = [
  ['stride 1, valid', { strides: 1, pad: 'valid' }],
  ['stride 1, same', { strides: 1, pad: 'same' }],
  ['stride 2, same', { strides: 2, pad: 'same' }],
  ['stride 2, valid, last inputs unseen', { strides: 2, pad: 'valid' }],
  ['strides 1 and 3', { strides: [1, 3], pad: 'valid' }],
  ['padding 1', { strides: 1, pad: 1 }],
  ['padding 2, stride 2, floor', { strides: 2, pad: 2, dimRoundingMode: 'floor' }],
  ['padding 1, stride 3, ceil', { strides: 3, pad: 1, dimRoundingMode: 'ceil' }],
  ['dilation 2, valid', { strides: 1, pad: 'valid', dilations: 2 }],
  ['dilations 1 and 2, same', { strides: 1, pad: 'same', dilations: [1, 2] }],
];

const asymmetric = [
  [0, 0],
  [2, 0],
  [1, 3],
  [0, 0],
];

const conv2d = (
  name: string,
  x: number[],
  filter: number[],
  w: Windows,
  extra: Partial<RuleCase> = {},
): RuleCase => ({
  kernel: 'Conv2D',
  name,
  args: [
    { shape: x, range: [-1, 1] },
    { shape: filter, range: [-1, 1] },
  ],
  f: (a, b) =>
    tf.conv2d(
      a,
      b,
      w.strides as number,
      w.pad as 'same',
      'NHWC',
      (w.dilations ?? 1) as number,
      w.dimRoundingMode as 'floor',
    ),
  ...extra,
});

const channelsFirst = 'wasm has no convolution with channels first';

const images: RuleCase[] = [
  ...windows.map(([name, w]) => conv2d(name, [2, 5, 6, 2], [3, 2, 2, 3], w)),
  conv2d('explicit, asymmetric padding', [1, 4, 5, 2], [2, 3, 2, 2], { strides: 1, pad: asymmetric }),
  conv2d('explicit, asymmetric padding, stride 2', [1, 4, 5, 2], [2, 3, 2, 2], {
    strides: 2,
    pad: asymmetric,
  }),
  conv2d('1 x 1', [2, 3, 4, 3], [1, 1, 3, 2], { strides: 1, pad: 'valid' }),
  conv2d('1 x 1, stride 2', [2, 5, 4, 3], [1, 1, 3, 2], { strides: 2, pad: 'valid' }),
  conv2d('filter smaller than its stride', [1, 7, 7, 1], [2, 2, 1, 2], { strides: 3, pad: 'same' }),
  conv2d('patches: filter as large as its stride', [2, 4, 6, 2], [2, 3, 2, 3], {
    strides: [2, 3],
    pad: 'valid',
  }),
  conv2d('patches too long to unfold with an identity', [1, 4, 4, 8], [3, 3, 8, 2], {
    strides: 1,
    pad: 'same',
  }),
  conv2d('filter of the size of the image', [2, 3, 3, 2], [3, 3, 2, 2], { strides: 1, pad: 'valid' }),
  {
    kernel: 'Conv2D',
    name: 'one image without a batch',
    args: [{ shape: [4, 5, 2] }, { shape: [2, 2, 2, 3] }],
    f: (x, filter) => tf.conv2d(x, filter, 1, 'same'),
  },
  {
    kernel: 'Conv2D',
    name: 'one dimension, stride 2',
    args: [{ shape: [2, 7, 2] }, { shape: [3, 2, 3] }],
    f: (x, filter) => tf.conv1d(x, filter, 2, 'same'),
  },
  {
    kernel: 'Conv2D',
    name: 'channels first',
    args: [{ shape: [2, 2, 4, 5] }, { shape: [3, 2, 2, 3] }],
    f: (x, filter) => tf.conv2d(x, filter, 1, 'same', 'NCHW'),
    missing: { wasm: channelsFirst },
  },
  {
    kernel: 'Conv2D',
    name: 'channels first, explicit padding, stride 2',
    args: [{ shape: [1, 2, 4, 5] }, { shape: [3, 2, 2, 3] }],
    f: (x, filter) =>
      tf.conv2d(
        x,
        filter,
        2,
        [
          [0, 0],
          [0, 0],
          [1, 0],
          [2, 1],
        ],
        'NCHW',
      ),
    missing: { wasm: channelsFirst },
  },
  {
    kernel: 'Conv2DBackpropInput',
    name: 'transposed convolution, stride 2',
    args: [{ shape: [2, 3, 2, 3] }, { shape: [3, 2, 2, 3] }],
    f: (x, filter) => tf.conv2dTranspose(x, filter, [2, 5, 4, 2], 2, 'same'),
  },
  {
    kernel: 'Conv2DBackpropInput',
    name: 'transposed convolution, stride 1, valid',
    args: [{ shape: [1, 3, 2, 3] }, { shape: [2, 2, 2, 3] }],
    f: (x, filter) => tf.conv2dTranspose(x, filter, [1, 4, 3, 2], 1, 'valid'),
  },
];

const conv3d = (name: string, x: number[], filter: number[], w: Windows): RuleCase => ({
  kernel: 'Conv3D',
  name,
  args: [
    { shape: x, range: [-1, 1] },
    { shape: filter, range: [-1, 1] },
  ],
  f: (a, b) => tf.conv3d(a, b, w.strides as number, w.pad as 'same', 'NDHWC', (w.dilations ?? 1) as number),
  loops: 'Volumes and filters that both differ from example to example go one by one.',
});

const volumes: RuleCase[] = [
  conv3d('stride 1, valid', [1, 3, 4, 3, 2], [2, 2, 2, 2, 2], { strides: 1, pad: 'valid' }),
  conv3d('stride 1, same', [2, 2, 3, 2, 1], [2, 3, 1, 1, 2], { strides: 1, pad: 'same' }),
  conv3d('strides, same', [1, 3, 4, 3, 1], [2, 2, 2, 1, 2], { strides: [1, 2, 2], pad: 'same' }),
  conv3d('dilations, valid', [1, 3, 4, 4, 1], [2, 2, 2, 1, 2], {
    strides: 1,
    pad: 'valid',
    dilations: [1, 2, 2],
  }),
  // Typed without padding in numbers.
  conv3d('padding 1', [1, 3, 4, 3, 1], [2, 3, 1, 1, 2], { strides: [2, 1, 1], pad: 1 }),
  {
    kernel: 'Conv3DBackpropInputV2',
    name: 'transposed convolution of volumes',
    args: [{ shape: [1, 2, 2, 1, 2] }, { shape: [2, 2, 2, 1, 2] }],
    f: (x, filter) => tf.conv3dTranspose(x, filter, [1, 3, 3, 2, 1], 1, 'valid'),
    loops: 'As Conv3D.',
  },
];

const depthwise = (name: string, x: number[], filter: number[], w: Windows): RuleCase => ({
  kernel: 'DepthwiseConv2dNative',
  name,
  args: [
    { shape: x, range: [-1, 1] },
    { shape: filter, range: [-1, 1] },
  ],
  f: (a, b) =>
    tf.depthwiseConv2d(
      a,
      b,
      w.strides as number,
      w.pad as 'same',
      'NHWC',
      (w.dilations ?? 1) as number,
      w.dimRoundingMode as 'floor',
    ),
});

const byChannel: RuleCase[] = [
  ...windows
    // Its kernels take one stride for both axes.
    .filter(([, { strides }]) => !Array.isArray(strides))
    .map(([name, w]) => depthwise(name, [2, 5, 6, 2], [3, 2, 2, 2], w)),
  depthwise('one output for each channel', [2, 4, 4, 3], [3, 3, 3, 1], { strides: 1, pad: 'same' }),
  {
    kernel: 'DepthwiseConv2dNative',
    name: 'separable convolution',
    args: [{ shape: [1, 4, 5, 2] }, { shape: [2, 2, 2, 2] }, { shape: [1, 1, 4, 3] }],
    f: (x, byDepth, byPoint) => tf.separableConv2d(x, byDepth, byPoint, 1, 'same'),
  },
];

export default [...images, ...volumes, ...byChannel];
