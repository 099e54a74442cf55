import type { Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { after, convAxes, extent, padOrCrop, poolAxes, type Axis, type Padding } from './geometry';

/*
 * At some paddings kernels of tfjs for convolutions, poolings and their gradients fail:
 * - tfjs-node's refuse numbers, since TensorFlow's own take 'valid' and 'same' only (https://github.com/tensorflow/tfjs-node/pull/70);
 * - those of all backends take one number to mean a square filter with equal strides and dilations. Otherwise they have a wrong width, and wasm's write
 *   past their result (https://github.com/tensorflow/tfjs/issues/649);
 * - where sizes are rounded up, so that the last window reaches beyond the padding, XNNPACK and TensorFlow round down: wasm's rows are mixed up;
 * - where windows of 'same' are so far apart that none sees the last inputs, wasm's convolutions give zeros (https://github.com/tensorflow/tfjs/issues/5907),
 *   and those in three dimensions of all backends but tensorflow begin within the image.
 * There the image is padded, or cropped, first.
 */

/** Whether a kernel of tfjs fails at the padding of a call: of a pooling, where there is no filter. */
export function mustPad(
  backend: string,
  attrs: Attrs,
  inputShape: readonly number[],
  filterShape?: readonly number[],
): boolean {
  const { pad, dimRoundingMode } = attrs;
  if (pad === 'valid') return false;
  const axes = (): Axis[] =>
    filterShape ? convAxes(inputShape, filterShape, attrs) : poolAxes(inputShape, attrs);
  if (pad === 'same') {
    const fails =
      inputShape.length === 5 ? backend !== 'tensorflow' : backend === 'wasm' && filterShape !== undefined;
    return fails && axes().some((axis) => after(axis) < 0);
  }
  if (backend === 'tensorflow' && [pad].flat(2).some((n) => n !== 0)) return true;
  if (dimRoundingMode === 'ceil' || dimRoundingMode === 'round') return true;
  if (typeof pad !== 'number' || inputShape.length !== 4) return false;
  const [h, w] = axes();
  return extent(h!) !== extent(w!) || h!.stride !== w!.stride;
}

const paddingOf = (axes: Axis[]): Padding => axes.map((axis) => [axis.before, after(axis)]);

/** The image with its padding, without what no window sees. */
export function padded(x: Tensor, axes: Axis[], value = 0): Tensor {
  return padOrCrop(x, paddingOf(axes), value);
}

/** The transpose of `padded`. */
export function unpadded(x: Tensor, axes: Axis[]): Tensor {
  return padOrCrop(
    x,
    paddingOf(axes).map(([b, a]) => [-b, -a]),
  );
}

export function paddedShape(shape: readonly number[], axes: Axis[]): number[] {
  const padding = paddingOf(axes);
  return shape.map((n, i) => {
    const [b, a] = padding[i - 1] ?? [0, 0];
    return n + b + a;
  });
}

/** The attributes of the call on the padded image. */
export function withoutPadding(attrs: Attrs): Attrs {
  return { ...attrs, pad: 'valid', dimRoundingMode: undefined };
}
