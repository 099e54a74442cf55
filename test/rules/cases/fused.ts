import * as tf from '@tensorflow/tfjs-core';
import type { RuleCase } from '../case';

const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu'] as const;

const small = { range: [-1, 1] as [number, number] };

const matMul: RuleCase[] = [
  ...activations.map((activation): RuleCase => ({
    kernel: '_FusedMatMul',
    name: activation,
    args: [{ shape: [3, 2] }, { shape: [2, 4] }, { shape: [4], range: [0.1, 0.3] }],
    f: (a, b, bias) => tf.fused.matMul({ a, b, bias, activation, leakyreluAlpha: 0.3 }),
  })),
  {
    kernel: '_FusedMatMul',
    name: 'prelu, transposed',
    args: [{ shape: [2, 3] }, { shape: [4, 2] }, { shape: [4] }, { shape: [4], range: [0.1, 0.6] }],
    f: (a, b, bias, preluActivationWeights) =>
      tf.fused.matMul({
        a,
        b,
        bias,
        transposeA: true,
        transposeB: true,
        activation: 'prelu',
        preluActivationWeights,
      }),
  },
  {
    kernel: '_FusedMatMul',
    name: 'stack, no bias',
    args: [{ shape: [2, 3, 2] }, { shape: [2, 2, 4] }],
    f: (a, b) => tf.fused.matMul({ a, b, activation: 'sigmoid' }),
  },
];

const conv2d: RuleCase[] = [
  ...activations.map((activation): RuleCase => ({
    kernel: 'FusedConv2D',
    name: activation,
    args: [
      { shape: [1, 3, 4, 2], ...small },
      { shape: [2, 2, 2, 3], ...small },
      { shape: [3], range: [0.1, 0.3] },
    ],
    f: (x, filter, bias) =>
      tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', bias, activation, leakyreluAlpha: 0.3 }),
  })),
  {
    kernel: 'FusedConv2D',
    name: 'prelu, stride 2',
    args: [
      { shape: [2, 4, 4, 2], ...small },
      { shape: [3, 3, 2, 3], ...small },
      { shape: [3] },
      { shape: [3], range: [0.1, 0.6] },
    ],
    f: (x, filter, bias, preluActivationWeights) =>
      tf.fused.conv2d({
        x,
        filter,
        strides: 2,
        pad: 'same',
        bias,
        activation: 'prelu',
        preluActivationWeights,
      }),
  },
  {
    kernel: 'FusedConv2D',
    name: 'no bias, dilation 2',
    args: [
      { shape: [4, 5, 1], ...small },
      { shape: [2, 2, 1, 3], ...small },
    ],
    f: (x, filter) =>
      tf.fused.conv2d({ x, filter, strides: 1, pad: 'valid', dilations: 2, activation: 'sigmoid' }),
  },
  {
    kernel: 'FusedConv2D',
    name: 'channels first',
    args: [{ shape: [1, 2, 3, 4], ...small }, { shape: [2, 2, 2, 3], ...small }, { shape: [3] }],
    f: (x, filter, bias) =>
      tf.fused.conv2d({
        x,
        filter,
        strides: 1,
        pad: 'valid',
        dataFormat: 'NCHW',
        bias,
        activation: 'sigmoid',
      }),
    missing: { wasm: 'wasm has no convolution with channels first' },
  },
];

const depthwise: RuleCase[] = [
  ...activations.map((activation): RuleCase => ({
    kernel: 'FusedDepthwiseConv2D',
    name: activation,
    args: [
      { shape: [1, 3, 4, 2], ...small },
      { shape: [2, 2, 2, 2], ...small },
      // Far from the kinks on both sides.
      { shape: [4], values: [2.5, -4, 3, -3.5] },
    ],
    f: (x, filter, bias) =>
      tf.fused.depthwiseConv2d({ x, filter, strides: 1, pad: 'same', bias, activation, leakyreluAlpha: 0.3 }),
  })),
  {
    kernel: 'FusedDepthwiseConv2D',
    name: 'prelu, no bias',
    args: [
      { shape: [2, 4, 4, 2], ...small },
      { shape: [3, 3, 2, 1], ...small },
      { shape: [2], range: [0.1, 0.6] },
    ],
    f: (x, filter, preluActivationWeights) =>
      tf.fused.depthwiseConv2d({
        x,
        filter,
        strides: 2,
        pad: 'same',
        activation: 'prelu',
        preluActivationWeights,
      }),
  },
];

const dilation2d: RuleCase[] = [
  ['stride 1, valid', 1, 'valid', 1],
  ['stride 1, same', 1, 'same', 1],
  ['stride 2, same', 2, 'same', 1],
  ['dilations, valid', 1, 'valid', [1, 2]],
].map(([name, strides, pad, dilations]) => ({
  kernel: 'Dilation2D',
  name: name as string,
  args: [
    { shape: [1, 4, 5, 2], distinct: true },
    // Smaller than the distance of entries, so that no small step changes which sum is the greatest.
    { shape: [2, 2, 2], values: [0.01, 0.02, 0.03, 0.015, 0.025, 0.005, 0.035, 0.04] },
  ],
  f: (x, filter) => tf.dilation2d(x, filter, strides as number, pad as 'same', dilations as number),
}));

export default [...matMul, ...conv2d, ...depthwise, ...dilation2d];
