import * as tf from '@tensorflow/tfjs-core';
import type { Arg, RuleCase } from '../case';

/*
 * Kernels that tf.grad calls. A program may call them itself, or hold them after a native gradient inside of a transformation.
 * All are linear in dy; the others of their inputs they may depend on in any way.
 */

const run = (kernel: string, inputs: Record<string, tf.Tensor>, attrs: object): tf.Tensor =>
  tf.engine().runKernel(kernel, inputs, attrs as never) as tf.Tensor;

const conv = { strides: [2, 1], pad: 'same', dimRoundingMode: undefined, dilations: [1, 1] };
const pool = { filterSize: [2, 3], strides: [2, 1], pad: 'valid', dimRoundingMode: undefined };
const pool3d = { filterSize: [2, 1, 2], strides: [1, 1, 2], pad: 'valid', dimRoundingMode: undefined };
const dilation = { strides: [1, 2], pad: 'same', dilations: [1, 1] };

/** Far from each other, and of either sign. */
const apart = (shape: number[]): Arg => {
  const size = tf.util.sizeFromShape(shape);
  return { shape, values: Array.from({ length: size }, (_, i) => 0.3 * (((i * 17) % size) - size / 2)) };
};

const gradientKernels: RuleCase[] = [
  {
    kernel: 'Conv2DBackpropFilter',
    name: 'stride 2',
    args: [{ shape: [2, 5, 4, 2] }, { shape: [2, 3, 4, 3] }],
    f: (x, dy) =>
      run('Conv2DBackpropFilter', { x, dy }, { ...conv, dataFormat: 'NHWC', filterShape: [3, 2, 2, 3] }),
  },
  {
    kernel: 'Conv3DBackpropFilterV2',
    name: 'valid',
    loops: 'examples with cotangents and images of their own need a convolution in groups',
    args: [{ shape: [2, 3, 4, 3, 1] }, { shape: [2, 2, 3, 2, 2] }],
    f: (x, dy) =>
      run(
        'Conv3DBackpropFilterV2',
        { x, dy },
        { strides: [1, 1, 1], pad: 'valid', filterShape: [2, 2, 2, 1, 2] },
      ),
  },
  {
    kernel: 'DepthwiseConv2dNativeBackpropFilter',
    name: 'two filters a channel',
    args: [{ shape: [2, 4, 5, 2] }, { shape: [2, 4, 5, 4] }],
    f: (x, dy) =>
      run(
        'DepthwiseConv2dNativeBackpropFilter',
        { x, dy },
        { ...conv, strides: [1, 1], filterShape: [3, 2, 2, 2] },
      ),
  },
  {
    kernel: 'DepthwiseConv2dNativeBackpropInput',
    name: 'two filters a channel',
    args: [{ shape: [2, 4, 5, 4] }, { shape: [3, 2, 2, 2] }],
    f: (dy, filter) =>
      run(
        'DepthwiseConv2dNativeBackpropInput',
        { dy, filter },
        { ...conv, strides: [1, 1], inputShape: [2, 4, 5, 2] },
      ),
  },
  {
    kernel: 'MaxPoolGrad',
    name: 'overlapping',
    args: [{ shape: [2, 2, 3, 2] }, apart([2, 4, 5, 2])],
    f: (dy, input) => {
      const output = tf.maxPool(input, [2, 3], [2, 1], 'valid');
      return run('MaxPoolGrad', { dy, input, output }, pool);
    },
  },
  {
    kernel: 'MaxPool3DGrad',
    name: 'tiles along one axis',
    args: [{ shape: [1, 2, 3, 2, 2] }, apart([1, 3, 3, 4, 2])],
    f: (dy, input) => {
      const output = tf.maxPool3d(input, [2, 1, 2], [1, 1, 2], 'valid');
      return run('MaxPool3DGrad', { dy, input, output }, pool3d);
    },
  },
  {
    kernel: 'AvgPoolGrad',
    name: 'overlapping',
    args: [{ shape: [2, 2, 3, 2] }, { shape: [2, 4, 5, 2] }],
    f: (dy, input) => run('AvgPoolGrad', { dy, input }, pool),
  },
  {
    kernel: 'AvgPool3DGrad',
    name: 'tiles along one axis',
    args: [{ shape: [1, 2, 3, 2, 2] }, { shape: [1, 3, 3, 4, 2] }],
    f: (dy, input) => run('AvgPool3DGrad', { dy, input }, pool3d),
  },
  {
    kernel: 'Dilation2DBackpropInput',
    name: 'stride 2',
    args: [
      apart([1, 4, 5, 2]),
      { shape: [2, 2, 2], values: [0.1, 0.2, 0, 0.1, 0.2, 0, 0.1, 0.2] },
      { shape: [1, 4, 3, 2] },
    ],
    f: (x, filter, dy) => run('Dilation2DBackpropInput', { x, filter, dy }, dilation),
  },
  {
    kernel: 'Dilation2DBackpropFilter',
    name: 'stride 2',
    args: [
      apart([1, 4, 5, 2]),
      { shape: [2, 2, 2], values: [0.1, 0.2, 0, 0.1, 0.2, 0, 0.1, 0.2] },
      { shape: [1, 4, 3, 2] },
    ],
    f: (x, filter, dy) => run('Dilation2DBackpropFilter', { x, filter, dy }, dilation),
  },
  {
    kernel: 'LRNGrad',
    name: 'channels around',
    args: [{ shape: [1, 2, 2, 5] }, { shape: [1, 2, 2, 5] }, { shape: [1, 2, 2, 5] }],
    f: (x, y, dy) => run('LRNGrad', { x, y, dy }, { depthRadius: 1, bias: 1, alpha: 0.5, beta: 0.6 }),
  },
  {
    kernel: 'BroadcastTo',
    name: 'of a column, with an axis more',
    args: [{ shape: [3, 1] }],
    f: (x) => run('BroadcastTo', { x }, { shape: [2, 3, 4] }),
  },
];

export default gradientKernels;
