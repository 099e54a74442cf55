import { getBackend, getKernel, reshape, reverse, sum, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs, Aval, BatchCall, Batching } from '../../core/rule';
import { mergeBatch, splitBatch, withBatch } from '../families/batching';
import { bilinear } from '../families/bilinear';
import { mergeInto, splitFrom } from '../families/mappedAxis';
import { after, conv2dInfo, convAxes, extent, type Axis } from './geometry';
import { mustPad, padded, paddedShape, unpadded, withoutPadding } from './numericPadding';
import { orNothing } from './nothing';
import {
  depthwise,
  DEPTHWISE_FILTER_GRADIENT,
  DEPTHWISE_INPUT_GRADIENT,
  depthwiseFilterGradient,
  depthwiseInputGradient,
  depthwisePadded,
} from './primitives';
import { spread } from './spread';

// z[n, p, c q] = sum over taps k of x[n, p * stride + k * dilation - before, c] w[k, c, q]: for each channel c a convolution of its own.
// A batch of examples that differ in their filters is therefore one image with more channels. As in inputGradient.ts and filterGradient.ts,
// tfjs's own kernels for the gradients have the same rules as ours.
bilinear(
  'DepthwiseConv2dNative',
  {
    x: ({ filter, ct }, { attrs, avals }) => depthwiseInputGradient(ct, filter!, avals.x!.shape, attrs),
    filter: ({ x, ct }, { attrs, avals }) => depthwiseFilterGradient(x!, ct, avals.filter!.shape, attrs),
  },
  orNothing(
    ({ inputs: { x, filter }, attrs }) => ({
      shape: conv2dInfo(x!.shape, filter!.shape, attrs, true).outShape,
      dtype: 'float32',
    }),
    {
      broken: (backend, { x, filter }, attrs) => mustPad(backend, attrs, x.shape, filter.shape),
      polyfill: ({ x, filter }: { x: Tensor; filter: Tensor }, attrs) =>
        depthwise(padded(x, convAxes(x.shape, filter.shape, attrs, true)), filter, withoutPadding(attrs)),
    },
  ),
);

for (const kernel of [DEPTHWISE_INPUT_GRADIENT, 'DepthwiseConv2dNativeBackpropInput']) {
  bilinear(
    kernel,
    {
      dy: ({ filter, ct }, { attrs }) => depthwise(ct, filter!, attrs),
      filter: ({ dy, ct }, { attrs, avals }) => depthwiseFilterGradient(ct, dy!, avals.filter!.shape, attrs),
    },
    {
      shape: ({ attrs }): Aval => ({ shape: attrs.inputShape, dtype: 'float32' }),
      broken: (backend, { filter }, attrs) => mustPad(backend, attrs, attrs.inputShape, filter.shape),
      polyfill: ({ dy, filter }: { dy: Tensor; filter: Tensor }, attrs) =>
        computeInputGradient(dy, filter, attrs),
    },
  );
}

for (const kernel of [DEPTHWISE_FILTER_GRADIENT, 'DepthwiseConv2dNativeBackpropFilter']) {
  bilinear(
    kernel,
    {
      x: ({ dy, ct }, { attrs, avals }) => depthwiseInputGradient(dy!, ct, avals.x!.shape, attrs),
      dy: ({ x, ct }, { attrs }) => depthwise(x!, ct, attrs),
    },
    {
      shape: ({ attrs }): Aval => ({ shape: attrs.filterShape, dtype: 'float32' }),
      broken: (backend, { x }, attrs) => mustPad(backend, attrs, x.shape, attrs.filterShape),
      polyfill: ({ x, dy }: { x: Tensor; dy: Tensor }, attrs) => computeFilterGradient(x, dy, attrs),
    },
  );
}

/** wasm has neither kernel, cpu's run slower than these formulas (2 and 9 times), and none knows dilation. */
function hasNative(kernel: string, axes: Axis[]): boolean {
  const backend = getBackend();
  return (
    backend !== 'cpu' &&
    axes.every(({ dilation }) => dilation === 1) &&
    getKernel(kernel, backend) !== undefined
  );
}

/** The cotangent, spread out by the strides, convolved with the flipped filter; the multiples of a channel add up. */
function computeInputGradient(dy: Tensor, filter: Tensor, attrs: Attrs): Tensor {
  const kernel = 'DepthwiseConv2dNativeBackpropInput';
  const axes = convAxes(attrs.inputShape, filter.shape, attrs, true);
  if (hasNative(kernel, axes)) {
    if (!mustPad(getBackend(), attrs, attrs.inputShape, filter.shape))
      return runKernel(kernel, { dy, filter }, attrs);
    const dx = depthwiseInputGradient(dy, filter, paddedShape(attrs.inputShape, axes), withoutPadding(attrs));
    return unpadded(dx, axes);
  }
  const [kh, kw, c, q] = filter.shape as [number, number, number, number];
  const dx = depthwisePadded(spread(dy, axes), reshape(reverse(filter, [0, 1]), [kh, kw, c * q, 1]), {
    padding: axes.map((axis) => [
      extent(axis) - 1 - axis.before,
      axis.size + axis.before - axis.out * axis.stride,
    ]),
    dilations: axes.map(({ dilation }) => dilation),
  });
  return q === 1 ? dx : sum(reshape(dx, [...attrs.inputShape, q]), 4);
}

/** A depthwise convolution of the image with the cotangent: every channel of every example is a channel, and strides and dilations change places. */
function computeFilterGradient(x: Tensor, dy: Tensor, attrs: Attrs): Tensor {
  const kernel = 'DepthwiseConv2dNativeBackpropFilter';
  const axes = convAxes(x.shape, attrs.filterShape, attrs, true);
  if (hasNative(kernel, axes)) {
    if (!mustPad(getBackend(), attrs, x.shape, attrs.filterShape)) return runKernel(kernel, { x, dy }, attrs);
    return depthwiseFilterGradient(padded(x, axes), dy, attrs.filterShape, withoutPadding(attrs));
  }
  const [kh, kw, c, q] = attrs.filterShape as [number, number, number, number];
  const [n, h, w] = x.shape as [number, number, number];
  const [oh, ow] = dy.shape.slice(1) as [number, number];
  const images = reshape(transpose(x, [1, 2, 0, 3]), [1, h, w, n * c]);
  const cotangents = reshape(transpose(dy, [1, 2, 0, 3]), [oh, ow, n * c, q]);
  const dw = depthwisePadded(images, cotangents, {
    padding: axes.map((axis) => [axis.before, after(axis)]),
    strides: axes.map(({ dilation }) => dilation),
    dilations: axes.map(({ stride }) => stride),
  });
  return sum(reshape(dw, [kh, kw, n, c, q]), 2);
}

function batchInputGradient({ inputs: { dy, filter }, size, attrs }: BatchCall): Tensor {
  const [n, h, w, c] = attrs.inputShape as [number, number, number, number];
  if (!filter!.batched) {
    return splitBatch(
      depthwiseInputGradient(mergeBatch(dy!.value), filter!.value, [size * n, h, w, c], attrs),
      size,
    );
  }
  const channels = mergeInto(withBatch(dy!, size), 3);
  return splitFrom(
    depthwiseInputGradient(channels, mergeInto(filter!.value, 2), [n, h, w, size * c], attrs),
    3,
    size,
  );
}

function batchFilterGradient({ inputs: { x, dy }, size, attrs }: BatchCall): Tensor {
  const [kh, kw, c, q] = attrs.filterShape as [number, number, number, number];
  const [images, cotangents] = [x!, dy!].map((input) => mergeInto(withBatch(input, size), 3)) as [
    Tensor,
    Tensor,
  ];
  return splitFrom(depthwiseFilterGradient(images, cotangents, [kh, kw, size * c, q], attrs), 2, size);
}

export const batching: Batching = () => ({
  DepthwiseConv2dNative: ({ inputs: { x, filter }, size, attrs }) =>
    filter!.batched
      ? splitFrom(depthwise(mergeInto(withBatch(x!, size), 3), mergeInto(filter!.value, 2), attrs), 3, size)
      : splitBatch(depthwise(mergeBatch(x!.value), filter!.value, attrs), size),
  [DEPTHWISE_INPUT_GRADIENT]: batchInputGradient,
  DepthwiseConv2dNativeBackpropInput: batchInputGradient,
  [DEPTHWISE_FILTER_GRADIENT]: batchFilterGradient,
  DepthwiseConv2dNativeBackpropFilter: batchFilterGradient,
});
