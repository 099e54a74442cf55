import type { TypedArray } from '@tensorflow/tfjs-core';
import type { Axis } from '../convolution/geometry';

/** Whether windows of 2 x 2 tile the image: the pooling of most networks. */
export function isHalving(axes: readonly Axis[]): boolean {
  return (
    axes.length === 2 &&
    axes.every(
      ({ taps, stride, before, size, out }) => taps === 2 && stride === 2 && before === 0 && size === 2 * out,
    )
  );
}

/**
 * The transpose of such a maximum, in one pass over the windows: dy goes where x has its maximum, the first of equals.
 *
 * @param x  [rows, 2, columns, 2, channels], in the order of memory
 * @param dy [rows, columns, channels]
 */
export function scatterHalves(
  x: TypedArray,
  dy: TypedArray,
  [rows, columns, channels]: [number, number, number],
): Float32Array {
  const dx = new Float32Array(x.length);
  const below = 2 * columns * channels;
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let first = 2 * row * below + 2 * column * channels;
      for (let c = 0; c < channels; c++, first++, at++) {
        let place = first;
        let best = x[first]!;
        const right = first + channels;
        if (x[right]! > best) best = x[(place = right)]!;
        if (x[first + below]! > best) best = x[(place = first + below)]!;
        if (x[right + below]! > best) place = right + below;
        dx[place] = dy[at]!;
      }
    }
  }
  return dx;
}
