import { backend_util, pad, slice, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';

/** One spatial axis of a sliding window: output p reads inputs p * stride + k * dilation - before, for k in [0, taps). */
export interface Axis {
  readonly size: number;
  readonly out: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  readonly before: number;
}

type Shape = readonly number[];

/** The spatial axes of a convolution with channels last, of two or three dimensions. */
export function convAxes(inputShape: Shape, filterShape: Shape, attrs: Attrs, depthwise = false): Axis[] {
  return inputShape.length === 4
    ? axes2d(conv2dInfo(inputShape, filterShape, attrs, depthwise))
    : axes3d(conv3dInfo(inputShape, filterShape, attrs));
}

/** The spatial axes of a pooling with channels last, of two or three dimensions. */
export function poolAxes(inputShape: Shape, attrs: Attrs): Axis[] {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  return inputShape.length === 4
    ? axes2d(
        backend_util.computePool2DInfo(
          inputShape as Shape4,
          filterSize,
          strides,
          1,
          padBySide(attrs),
          dimRoundingMode,
        ),
      )
    : axes3d(
        backend_util.computePool3DInfo(inputShape as Shape5, filterSize, strides, 1, pad, dimRoundingMode),
      );
}

type Shape4 = [number, number, number, number];
type Shape5 = [number, number, number, number, number];
type Pair = [number, number];
type Pad = 'valid' | 'same' | [Pair, Pair, Pair, Pair];

/**
 * The padding of two spatial axes. From one number for all sides tfjs finds the width of the result by the height of the filter, and by the stride and
 * dilation of rows (https://github.com/tensorflow/tfjs/issues/649); from a number for each side it does not.
 */
function padBySide({ pad, dataFormat }: Attrs): Pad {
  if (typeof pad !== 'number') return pad;
  const none: Pair = [0, 0];
  const both: Pair = [pad, pad];
  return dataFormat === 'NCHW' ? [none, none, both, both] : [none, both, both, none];
}

export function conv2dInfo(
  inputShape: Shape,
  filterShape: Shape,
  attrs: Attrs,
  depthwise = false,
): backend_util.Conv2DInfo {
  const { strides, dilations, dimRoundingMode, dataFormat } = attrs;
  return backend_util.computeConv2DInfo(
    inputShape as Shape4,
    filterShape as Shape4,
    strides,
    dilations ?? 1,
    padBySide(attrs),
    dimRoundingMode,
    depthwise,
    dataFormat === 'NCHW' ? 'channelsFirst' : 'channelsLast',
  );
}

export function conv3dInfo(
  inputShape: Shape,
  filterShape: Shape,
  { strides, pad, dilations }: Attrs,
): backend_util.Conv3DInfo {
  return backend_util.computeConv3DInfo(
    inputShape as Shape5,
    filterShape as Shape5,
    strides,
    dilations ?? 1,
    pad,
  );
}

/** The two spatial axes as tfjs describes them. */
export function axes2d(info: backend_util.Conv2DInfo): Axis[] {
  return [
    {
      size: info.inHeight,
      out: info.outHeight,
      taps: info.filterHeight,
      stride: info.strideHeight,
      dilation: info.dilationHeight,
      before: info.padInfo.top,
    },
    {
      size: info.inWidth,
      out: info.outWidth,
      taps: info.filterWidth,
      stride: info.strideWidth,
      dilation: info.dilationWidth,
      before: info.padInfo.left,
    },
  ];
}

function axes3d(info: backend_util.Conv3DInfo): Axis[] {
  const depth: Axis = {
    size: info.inDepth,
    out: info.outDepth,
    taps: info.filterDepth,
    stride: info.strideDepth,
    dilation: info.dilationDepth,
    before: info.padInfo.front,
  };
  // Where windows leave out the last inputs, tfjs has them begin within the image.
  return [depth, ...axes2d(info as unknown as backend_util.Conv2DInfo)].map((axis) => ({
    ...axis,
    before: Math.max(0, axis.before),
  }));
}

/** Length of the stretch of input that one output sees. */
export function extent({ taps, dilation }: Axis): number {
  return (taps - 1) * dilation + 1;
}

/** Padding behind, such that the last window just fits; negative where the last inputs are never seen. */
export function after(axis: Axis): number {
  return (axis.out - 1) * axis.stride + extent(axis) - axis.size - axis.before;
}

/** Whether windows tile the input: side by side, without overlap, padding or rest. */
export function tiles(axis: Axis): boolean {
  return (
    axis.taps === axis.stride &&
    axis.dilation === 1 &&
    axis.before === 0 &&
    axis.out * axis.stride === axis.size
  );
}

/** Whether every output is a function of the one input at its place. */
export function isPointwise(axis: Axis): boolean {
  return axis.taps === 1 && axis.stride === 1 && axis.before === 0 && axis.out === axis.size;
}

/** Padding of the spatial axes, [before, after] each, where a negative number crops. */
export type Padding = readonly (readonly [number, number])[];

export function crop(x: Tensor, padding: Padding): Tensor {
  if (padding.every(([b, a]) => b >= 0 && a >= 0)) return x;
  const begin = [0, ...padding.map(([b]) => Math.max(-b, 0)), 0];
  const size = x.shape.map((n, i) => n - (begin[i] ?? 0) - Math.max(-(padding[i - 1]?.[1] ?? 0), 0));
  return slice(x, begin, size);
}

export function padOrCrop(x: Tensor, padding: Padding, value = 0): Tensor {
  const cropped = crop(x, padding);
  if (padding.every(([b, a]) => b <= 0 && a <= 0)) return cropped;
  const positive = padding.map(([b, a]): [number, number] => [Math.max(b, 0), Math.max(a, 0)]);
  return pad(cropped, [[0, 0], ...positive, [0, 0]], value);
}
