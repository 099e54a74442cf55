import { slice, stridedSlice, type Tensor } from '@tensorflow/tfjs-core';
import { after, padOrCrop, type Axis } from '../convolution/geometry';

/**
 * For each place within the window, in row-major order, the image of the entries there: `[n, ...out, c]`.
 *
 * @param outside what windows see beyond the border
 */
export function taps(x: Tensor, axes: Axis[], outside: number): Tensor[] {
  const padded = padOrCrop(
    x,
    axes.map((axis) => [axis.before, after(axis)]),
    outside,
  );
  return places(axes.map((axis) => axis.taps)).map((place) => {
    const begin = [0, ...place.map((k, i) => k * axes[i]!.dilation), 0];
    const end = begin.map((b, i) => {
      const axis = axes[i - 1];
      return axis ? b + (axis.out - 1) * axis.stride + 1 : padded.shape[i]!;
    });
    if (axes.every(({ stride }) => stride === 1)) {
      return slice(
        padded,
        begin,
        end.map((e, i) => e - begin[i]!),
      );
    }
    return stridedSlice(padded, begin, end, [1, ...axes.map(({ stride }) => stride), 1]);
  });
}

function places([count, ...rest]: number[]): number[][] {
  if (count === undefined) return [[]];
  return Array.from({ length: count }, (_, k) => places(rest).map((place) => [k, ...place])).flat();
}
