import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { after, padOrCrop, type Axis, type Padding } from './geometry';

/*
 * tfjs-node's kernels for convolutions, poolings and their gradients refuse paddings given in numbers, since TensorFlow's own take 'valid' and
 * 'same' only (https://github.com/tensorflow/tfjs-node/pull/70). There the image is padded first.
 */

export function refusesPadding({ pad }: Attrs, backend = getBackend()): boolean {
  if (backend !== 'tensorflow') return false;
  return Array.isArray(pad) ? pad.flat().some((n) => n !== 0) : typeof pad === 'number' && pad !== 0;
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
