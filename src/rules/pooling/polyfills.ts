import {
  add,
  broadcastTo,
  cast,
  floorDiv,
  getBackend,
  greater,
  maxPool,
  maxPool3d,
  mod,
  mul,
  range,
  reshape,
  where,
  type Tensor,
  type Tensor4D,
  type Tensor5D,
} from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs } from '../../core/rule';
import { poolAxes } from '../convolution/geometry';
import { mustPad, padded, unpadded, withoutPadding } from '../convolution/numericPadding';
import { isOnGPU } from '../families/webgpu';
import { maxPoolScatter, maxPoolSelect, poolAttrs } from './primitives';
import { taps } from './taps';

/** Below every float32 that an image holds, and finite, for devices without infinities. */
const LOWEST = -3.4e38;

/** The choice of the maximum on backends without a kernel of ours: a running maximum over the places within the window. */
export function selectByTaps(v: Tensor, x: Tensor, attrs: Attrs): Tensor {
  const axes = poolAxes(x.shape, attrs);
  const [x0, ...xs] = taps(x, axes, LOWEST);
  const [v0, ...vs] = taps(v, axes, 0);
  let best = x0!;
  let chosen = v0!;
  xs.forEach((candidate, i) => {
    const isBetter = greater(candidate, best);
    best = where(isBetter, candidate, best);
    chosen = where(isBetter, vs[i]!, chosen);
  });
  return chosen;
}

/** The transpose on such backends: their kernel of tfjs. */
export function scatterByNative(dy: Tensor, x: Tensor, attrs: Attrs): Tensor {
  const { filterSize, strides, pad, dimRoundingMode } = attrs;
  if (mustPad(getBackend(), attrs, x.shape)) {
    const axes = poolAxes(x.shape, attrs);
    return unpadded(maxPoolScatter(dy, padded(x, axes, LOWEST), withoutPadding(attrs)), axes);
  }
  const is2d = x.rank === 4;
  // Shaders look for the maxima themselves, and at no output.
  const output = isOnGPU(getBackend())
    ? dy
    : is2d
      ? maxPool(x as Tensor4D, filterSize, strides, pad, dimRoundingMode)
      : maxPool3d(x as Tensor5D, filterSize, strides, pad, dimRoundingMode);
  return runKernel(is2d ? 'MaxPoolGrad' : 'MaxPool3DGrad', { dy, input: x, output }, poolAttrs(attrs));
}

/**
 * Whether a backend's kernels, all but MaxPool, start the maximum of a window at the smallest positive number (C++'s numeric_limits::min), so that none
 * is negative: wasm's, in tfjs 4.22.
 */
export function startsAboveZero(backend: string): boolean {
  return backend === 'wasm';
}

/** The pooling itself where the backend knows no such padding. */
export function maximumOfPadded(x: Tensor, attrs: Attrs): Tensor {
  const image = padded(x, poolAxes(x.shape, attrs), LOWEST);
  const { filterSize, strides } = attrs;
  return x.rank === 4
    ? maxPool(image as Tensor4D, filterSize, strides, 'valid')
    : maxPool3d(image as Tensor5D, filterSize, strides, 'valid');
}

/** Integers up to here are float32 too. */
const EXACT = 2 ** 24;

/** The maxima and their places in the image, or in the whole batch, as tf.maxPoolWithArgmax gives them. */
export function maximumWithPlaces(x: Tensor, attrs: Attrs): Tensor[] {
  const [n, ...image] = x.shape as [number, ...number[]];
  const places = reshape(range(0, attrs.includeBatchInIndex ? x.size : x.size / n, 1, 'int32'), [
    -1,
    ...image,
  ]);
  // The choice is made on floats: high and low digits apart.
  const chosen = (digits: Tensor): Tensor =>
    cast(maxPoolSelect(broadcastTo(cast(digits, 'float32'), x.shape), x, attrs), 'int32');
  const low = chosen(mod(places, EXACT));
  const taken = places.size <= EXACT ? low : add(low, mul(chosen(floorDiv(places, EXACT)), EXACT));
  return [maxPool(x as Tensor4D, attrs.filterSize, attrs.strides, attrs.pad), cast(taken, 'int32')];
}
