import { conv2dTranspose as tfTranspose, transpose, type Tensor4D } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, SIZE } from '../../core/numbers';
import { checkRank, stateless, type Layer, type Nothing } from '../layer';
import { addBias, kernelDefaults, kernelParams, type KernelOptions, type KernelParams } from './bias';
import { sizesOf, type Sizes } from './window';

export interface ConvTransposeOptions extends KernelOptions {
  /** 1 by default. */
  strides?: Sizes;
  /** 'same', the default, gives size * stride; 'valid' what a convolution without padding makes the input of. */
  padding?: 'same' | 'valid';
}

/**
 * The transpose of a convolution, which enlarges images: [height, width, channels] to [height', width', features].
 *
 * @returns a layer with the parameters `{ kernel: [kh, kw, features, channels], bias: [features] }`
 * @example
 * ```ts
 * convTranspose2d(8, 3, { strides: 2 }).init(random.key(0), [7, 7, 16]).outputShape; // [14, 14, 8]
 * ```
 */
export function convTranspose2d(
  features: number,
  size: Sizes,
  options: ConvTransposeOptions = {},
): Layer<KernelParams, Nothing> {
  const name = 'convTranspose2d';
  const { strides, padding, ...parts } = withDefaults(name, options, {
    strides: 1,
    padding: 'same',
    ...kernelDefaults(),
  });
  checkNumbers(name, { features }, SIZE);
  if (padding !== 'same' && padding !== 'valid')
    throw new TypeError(`${name}: padding must be 'same' or 'valid', got ${String(padding)}.`);
  const window = sizesOf(name, 'size', size, 2);
  const steps = sizesOf(name, 'strides', strides, 2) as [number, number];
  const enlarged = (length: number, i: 0 | 1): number =>
    padding === 'same' ? length * steps[i] : (length - 1) * steps[i] + Math.max(window[i]!, steps[i]);
  return stateless<KernelParams>(name, {
    init(key, inputShape) {
      checkRank(name, inputShape, 3, 'height, width, channels');
      const [height, width, channels] = inputShape as [number, number, number];
      return {
        // Drawn with the channels that go in before those that come out, as initialisers expect.
        params: kernelParams(name, key, parts, [...window, channels, features], features, (kernel) =>
          transpose(kernel, [0, 1, 3, 2]),
        ),
        outputShape: [enlarged(height, 0), enlarged(width, 1), features],
      };
    },
    apply({ kernel, bias }, x) {
      const [b, height, width] = x.shape as [number, number, number];
      const shape: [number, number, number, number] = [b, enlarged(height, 0), enlarged(width, 1), features];
      return addBias(tfTranspose(x as Tensor4D, kernel as Tensor4D, shape, steps, padding), bias);
    },
    operations: (input, output) =>
      2 * window[0]! * window[1]! * input.reduce((a, d) => a * d, 1) * output[2]!,
  });
}
