import { depthwiseConv2d as tfDepthwise, reshape, type Tensor4D } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, SIZE } from '../../core/numbers';
import { checkRank, stateless, type Layer, type Nothing } from '../layer';
import { addBias, kernelDefaults, kernelParams, type KernelParams } from './bias';
import type { ConvOptions } from './conv';
import { checkPadding, sizesOf, slid, type Sizes } from './window';

export interface DepthwiseOptions extends Omit<ConvOptions, 'groups'> {
  /** Outputs for each channel; 1 by default. */
  multiplier?: number;
}

/**
 * Convolution of each channel by itself: [height, width, channels] to [height', width', channels * multiplier].
 *
 * @returns a layer with the parameters `{ kernel: [kh, kw, channels, multiplier], bias }`; kernels are drawn for a fan-in of kh * kw
 * @example
 * ```ts
 * depthwiseConv2d(3, { multiplier: 2 }).init(random.key(0), [28, 28, 4]).outputShape; // [28, 28, 8]
 * ```
 */
export function depthwiseConv2d(size: Sizes, options: DepthwiseOptions = {}): Layer<KernelParams, Nothing> {
  const name = 'depthwiseConv2d';
  const { strides, padding, dilation, multiplier, ...parts } = withDefaults(name, options, {
    strides: 1,
    padding: 'same',
    dilation: 1,
    multiplier: 1,
    ...kernelDefaults(),
  });
  checkNumbers(name, { multiplier }, SIZE);
  checkPadding(name, padding);
  const window = sizesOf(name, 'size', size, 2) as [number, number];
  const steps = sizesOf(name, 'strides', strides, 2) as [number, number];
  const spacing = sizesOf(name, 'dilation', dilation, 2) as [number, number];
  return stateless<KernelParams>(name, {
    init(key, inputShape) {
      checkRank(name, inputShape, 3, 'height, width, channels');
      const channels = inputShape[2]!;
      const features = channels * multiplier;
      return {
        params: kernelParams(name, key, parts, [...window, 1, features], features, (kernel) =>
          reshape(kernel, [...window, channels, multiplier]),
        ),
        outputShape: [...slid(name, inputShape.slice(0, 2), window, steps, spacing, padding), features],
      };
    },
    apply: ({ kernel, bias }, x) =>
      addBias(tfDepthwise(x as Tensor4D, kernel as Tensor4D, steps, padding, 'NHWC', spacing), bias),
    operations: (_, output) => 2 * window[0] * window[1] * output.reduce((a, d) => a * d, 1),
  });
}
