import {
  conv2d,
  conv3d,
  depthwiseConv2d,
  zeros,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs } from '../../core/rule';
import { crop, padOrCrop, type Padding } from './geometry';
import {
  attrsChannelsLast,
  isChannelsFirst,
  shapeChannelsLast,
  toChannelsFirst,
  toChannelsLast,
} from './layout';
import { isNothing } from './nothing';

/*
 * A convolution is one trilinear form in image x, filter w and output y, and each of its three primitives is the form with one of the three
 * left open. Their rules are therefore each other. The gradients have channels last, two or three spatial axes, and the attributes of Conv2D, with
 * `inputShape` or `filterShape` where the result's size needs it. tfjs's own kernels for them know no dilation, and each backend
 * computes them fastest in its own way: inputGradient.ts and filterGradient.ts choose.
 */

export const INPUT_GRADIENT = 'ConvInputGradient';
export const FILTER_GRADIENT = 'ConvFilterGradient';
export const DEPTHWISE_INPUT_GRADIENT = 'DepthwiseConvInputGradient';
export const DEPTHWISE_FILTER_GRADIENT = 'DepthwiseConvFilterGradient';

/** The attributes that say how windows lie, with channels last. */
function windowAttrs({ strides, pad, dilations, dimRoundingMode }: Attrs): Attrs {
  return { strides, pad, dilations: dilations ?? 1, dimRoundingMode };
}

export function conv(x: Tensor, filter: Tensor, attrs: Attrs): Tensor {
  return x.rank === 4
    ? runKernel('Conv2D', { x, filter }, { ...windowAttrs(attrs), dataFormat: attrs.dataFormat ?? 'NHWC' })
    : runKernel('Conv3D', { x, filter }, { ...windowAttrs(attrs), dataFormat: 'NDHWC' });
}

export function inputGradient(
  dy: Tensor,
  filter: Tensor,
  inputShape: readonly number[],
  attrs: Attrs,
): Tensor {
  if (isChannelsFirst(attrs)) {
    const dx = inputGradient(
      toChannelsLast(dy),
      filter,
      shapeChannelsLast(inputShape),
      attrsChannelsLast(attrs),
    );
    return toChannelsFirst(dx);
  }
  if (isNothing(dy.shape)) return zeros([...inputShape]);
  return runKernel(INPUT_GRADIENT, { dy, filter }, { ...windowAttrs(attrs), inputShape });
}

export function filterGradient(x: Tensor, dy: Tensor, filterShape: readonly number[], attrs: Attrs): Tensor {
  if (isChannelsFirst(attrs))
    return filterGradient(toChannelsLast(x), toChannelsLast(dy), filterShape, attrsChannelsLast(attrs));
  if (isNothing(dy.shape)) return zeros([...filterShape]);
  return runKernel(FILTER_GRADIENT, { x, dy }, { ...windowAttrs(attrs), filterShape });
}

export function depthwise(x: Tensor, filter: Tensor, attrs: Attrs): Tensor {
  return runKernel('DepthwiseConv2dNative', { x, filter }, { ...windowAttrs(attrs), dataFormat: 'NHWC' });
}

export function depthwiseInputGradient(
  dy: Tensor,
  filter: Tensor,
  inputShape: readonly number[],
  attrs: Attrs,
): Tensor {
  if (isNothing(dy.shape)) return zeros([...inputShape]);
  return runKernel(DEPTHWISE_INPUT_GRADIENT, { dy, filter }, { ...windowAttrs(attrs), inputShape });
}

export function depthwiseFilterGradient(
  x: Tensor,
  dy: Tensor,
  filterShape: readonly number[],
  attrs: Attrs,
): Tensor {
  if (isNothing(dy.shape)) return zeros([...filterShape]);
  return runKernel(DEPTHWISE_FILTER_GRADIENT, { x, dy }, { ...windowAttrs(attrs), filterShape });
}

interface Windows {
  padding: Padding;
  strides?: number[];
  dilations?: number[];
}

/** A convolution with any padding, also negative. */
export function convPadded(x: Tensor, filter: Tensor, { padding, strides, dilations }: Windows): Tensor {
  const ones = padding.map(() => 1);
  if (x.rank === 4) {
    const s = (strides ?? ones) as [number, number];
    const d = (dilations ?? ones) as [number, number];
    return conv2d(crop(x, padding) as Tensor4D, filter as Tensor4D, s, explicit(padding), 'NHWC', d);
  }
  const s = (strides ?? ones) as [number, number, number];
  const d = (dilations ?? ones) as [number, number, number];
  return conv3d(padOrCrop(x, padding) as Tensor5D, filter as Tensor5D, s, 'valid', 'NDHWC', d);
}

/** A depthwise convolution with any padding, also negative. */
export function depthwisePadded(x: Tensor, filter: Tensor, { padding, strides, dilations }: Windows): Tensor {
  const s = (strides ?? [1, 1]) as [number, number];
  const d = (dilations ?? [1, 1]) as [number, number];
  // Its op is typed without explicit padding, which its kernels know.
  const pad = explicit(padding) as unknown as 'valid';
  return depthwiseConv2d(crop(x, padding) as Tensor4D, filter as Tensor4D, s, pad, 'NHWC', d);
}

type Pair = [number, number];

function explicit(padding: Padding): 'valid' | [Pair, Pair, Pair, Pair] {
  const [h, w] = padding.map(([b, a]): Pair => [Math.max(b, 0), Math.max(a, 0)]) as [Pair, Pair];
  return [...h, ...w].every((n) => n === 0) ? 'valid' : [[0, 0], h, w, [0, 0]];
}
