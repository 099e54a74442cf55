import { eye, reshape, tile, transpose, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { convAxes, isPointwise } from './geometry';
import { conv, depthwise, depthwiseInputGradient, inputGradient } from './primitives';

/**
 * Up to this length of a patch, a convolution with the identity as its filter unfolds fastest; its cost grows with the square of the length, and
 * above, a depthwise one with a transposition wins (wasm and cpu alike). Slices and a concatenation take ten times as long.
 */
const DENSE_PATCH = 64;

/**
 * The patches that a two-dimensional convolution with channels last sees, one row for each output position.
 *
 * An infinity or NaN in a patch fills its whole row with NaN.
 *
 * @param x `[n, h, w, c]`; a part of a batch gives the rows of its examples, so that callers can go by chunks
 * @param filterShape `[kh, kw, c, ...]`
 * @param attrs those of the Conv2D call: strides, pad, dilations, dimRoundingMode
 * @returns `[n * oh * ow, kh * kw * c]`, such that the convolution is `unfold(x) @ reshape(filter, [kh * kw * c, m])`
 */
export function unfold(x: Tensor, filterShape: readonly number[], attrs: Attrs): Tensor {
  const [kh, kw, c] = filterShape as [number, number, number];
  const taps = kh * kw;
  if (convAxes(x.shape, filterShape, attrs).every(isPointwise)) return reshape(x, [-1, c]);
  if (taps * c <= DENSE_PATCH) return reshape(conv(x, identity(kh, kw, c), attrs), [-1, taps * c]);
  const byChannel = reshape(depthwise(x, depthwiseIdentity(kh, kw, c), attrs), [-1, c, taps]);
  return reshape(transpose(byChannel, [0, 2, 1]), [-1, taps * c]);
}

/** The transpose of `unfold`: adds rows of patches up into an image of shape `inputShape`. */
export function fold(
  rows: Tensor,
  inputShape: readonly number[],
  filterShape: readonly number[],
  attrs: Attrs,
): Tensor {
  const [kh, kw, c] = filterShape as [number, number, number];
  const taps = kh * kw;
  const axes = convAxes(inputShape, filterShape, attrs);
  if (axes.every(isPointwise)) return reshape(rows, inputShape as number[]);
  const positions = [inputShape[0]!, ...axes.map(({ out }) => out)];
  if (taps * c <= DENSE_PATCH) {
    return inputGradient(reshape(rows, [...positions, taps * c]), identity(kh, kw, c), inputShape, attrs);
  }
  const byChannel = transpose(reshape(rows, [-1, taps, c]), [0, 2, 1]);
  return depthwiseInputGradient(
    reshape(byChannel, [...positions, c * taps]),
    depthwiseIdentity(kh, kw, c),
    inputShape,
    attrs,
  );
}

/** Filter whose every output channel picks one entry of the patch. */
function identity(kh: number, kw: number, c: number): Tensor {
  return reshape(eye(kh * kw * c), [kh, kw, c, kh * kw * c]);
}

/** Depthwise filter whose every multiple of a channel picks one tap. */
export function depthwiseIdentity(kh: number, kw: number, c: number): Tensor {
  return tile(reshape(eye(kh * kw), [kh, kw, 1, kh * kw]), [1, 1, c, 1]);
}
