import {
  concat,
  conv1d as tfConv1d,
  conv2d as tfConv2d,
  conv3d as tfConv3d,
  split as tfSplit,
  type Tensor,
  type Tensor3D,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, SIZE } from '../../core/numbers';
import { checkRank, stateless, type Layer, type Nothing } from '../layer';
import { addBias, kernelDefaults, kernelParams, type KernelOptions, type KernelParams } from './bias';
import { checkPadding, sizesOf, slid, type Padding, type Sizes } from './window';

export interface ConvOptions extends KernelOptions {
  /** 1 by default. */
  strides?: Sizes;
  /** 'same' by default. */
  padding?: Padding;
  /** 1 by default. */
  dilation?: Sizes;
  /** The channels are cut into groups, each with kernels of its own; 1 by default. */
  groups?: number;
}

/** One group's convolution of x [b, ...spatial, c]. */
type Convolve = (
  x: Tensor,
  kernel: Tensor,
  strides: number[],
  padding: Padding,
  dilation: number[],
) => Tensor;

const AXES = ['length', 'height, width', 'depth, height, width'] as const;

/**
 * Convolution over one axis: [length, channels] to [length', features].
 *
 * @returns a layer with the parameters `{ kernel: [size, channels / groups, features], bias: [features] }`
 * @example
 * ```ts
 * conv1d(8, 5).init(random.key(0), [100, 4]).outputShape; // [100, 8]
 * ```
 */
export function conv1d(
  features: number,
  size: Sizes,
  options: ConvOptions = {},
): Layer<KernelParams, Nothing> {
  return convolution('conv1d', 1, features, size, options, (x, kernel, [stride], padding, [dilation]) =>
    tfConv1d(x as Tensor3D, kernel as Tensor3D, stride!, padding, 'NWC', dilation!),
  );
}

/**
 * Convolution of images: [height, width, channels] to [height', width', features].
 *
 * @returns a layer with the parameters `{ kernel: [kh, kw, channels / groups, features], bias: [features] }`
 * @throws RangeError where sizes are not positive, or groups divide neither channels nor features
 * @example
 * ```ts
 * conv2d(32, 3, { strides: 2, kernelInit: initializers.heNormal() }).init(random.key(0), [28, 28, 1]).outputShape; // [14, 14, 32]
 * ```
 */
export function conv2d(
  features: number,
  size: Sizes,
  options: ConvOptions = {},
): Layer<KernelParams, Nothing> {
  return convolution('conv2d', 2, features, size, options, (x, kernel, strides, padding, dilation) =>
    tfConv2d(
      x as Tensor4D,
      kernel as Tensor4D,
      strides as [number, number],
      padding,
      'NHWC',
      dilation as [number, number],
    ),
  );
}

/**
 * Convolution of volumes: [depth, height, width, channels] to [depth', height', width', features]; padding 'same' or 'valid'.
 *
 * @returns a layer with the parameters `{ kernel: [kd, kh, kw, channels / groups, features], bias: [features] }`
 * @example
 * ```ts
 * conv3d(8, 3, { padding: 'valid' }).init(random.key(0), [10, 16, 16, 1]).outputShape; // [8, 14, 14, 8]
 * ```
 */
export function conv3d(
  features: number,
  size: Sizes,
  options: ConvOptions = {},
): Layer<KernelParams, Nothing> {
  if (typeof options?.padding === 'number')
    throw new TypeError("conv3d: padding must be 'same' or 'valid': tf.conv3d takes no number.");
  return convolution('conv3d', 3, features, size, options, (x, kernel, strides, padding, dilation) =>
    tfConv3d(
      x as Tensor5D,
      kernel as Tensor5D,
      strides as [number, number, number],
      padding as 'same' | 'valid',
      'NDHWC',
      dilation as [number, number, number],
    ),
  );
}

function convolution(
  name: string,
  axes: 1 | 2 | 3,
  features: number,
  size: Sizes,
  options: ConvOptions,
  convolve: Convolve,
): Layer<KernelParams, Nothing> {
  const { strides, padding, dilation, groups, ...parts } = withDefaults(name, options, {
    strides: 1,
    padding: 'same',
    dilation: 1,
    groups: 1,
    ...kernelDefaults(),
  });
  checkNumbers(name, { features, groups }, SIZE);
  checkPadding(name, padding);
  const window = sizesOf(name, 'size', size, axes);
  const steps = sizesOf(name, 'strides', strides, axes);
  const spacing = sizesOf(name, 'dilation', dilation, axes);
  return stateless<KernelParams>(name, {
    init(key, inputShape) {
      checkRank(name, inputShape, axes + 1, `${AXES[axes - 1]!}, channels`);
      const channels = inputShape[axes]!;
      if (channels % groups !== 0 || features % groups !== 0)
        throw new RangeError(
          `${name}: ${groups} groups must divide ${channels} channels and ${features} features.`,
        );
      const spatial = slid(name, inputShape.slice(0, axes), window, steps, spacing, padding);
      return {
        params: kernelParams(name, key, parts, [...window, channels / groups, features], features),
        outputShape: [...spatial, features],
      };
    },
    apply({ kernel, bias }, x) {
      const one = (part: Tensor, weights: Tensor): Tensor => convolve(part, weights, steps, padding, spacing);
      return addBias(groups === 1 ? one(x, kernel) : grouped(x, kernel, groups, one), bias);
    },
    operations: (input, output) =>
      (2 * window.reduce((a, d) => a * d, 1) * input[axes]! * output.reduce((a, d) => a * d, 1)) / groups,
  });
}

function grouped(
  x: Tensor,
  kernel: Tensor,
  groups: number,
  convolve: (x: Tensor, kernel: Tensor) => Tensor,
): Tensor {
  const kernels = tfSplit(kernel, groups, kernel.rank - 1);
  return concat(
    tfSplit(x, groups, x.rank - 1).map((part, i) => convolve(part, kernels[i]!)),
    x.rank - 1,
  );
}
