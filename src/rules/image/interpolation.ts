import { add, mul, reshape, sub, tensor1d, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { scatterRows } from '../indexing/gather';
import { layoutOf } from '../indexing/layout';

/** Resizing an axis: entry i of the output is (1 - weight[i]) x[low[i]] + weight[i] x[high[i]]. */
interface Taps {
  readonly low: number[];
  readonly high: number[];
  readonly weight: number[];
}

/** How tfjs's resizing reads an axis of length n for one of length m. */
function tapsOf(
  n: number,
  m: number,
  { alignCorners, halfPixelCenters }: Attrs,
  method: 'bilinear' | 'nearest',
): Taps {
  const isAligned = alignCorners && m > 1;
  const scale = isAligned ? (n - 1) / (m - 1) : n / m;
  const places = Array.from({ length: m }, (_, i) => scale * (halfPixelCenters ? i + 0.5 : i));
  if (method === 'nearest') {
    const round = alignCorners ? Math.round : Math.floor;
    const low = places.map((place) => Math.min(n - 1, round(place)));
    return { low, high: low, weight: low.map(() => 0) };
  }
  const centers = halfPixelCenters ? places.map((place) => place - 0.5) : places;
  const low = centers.map((place) => Math.min(n - 1, Math.max(0, Math.floor(place))));
  return {
    low,
    high: centers.map((place) => Math.min(n - 1, Math.max(0, Math.ceil(place)))),
    weight: centers.map((place, i) => Math.max(0, place - low[i]!)),
  };
}

/**
 * The transpose of resizing images, one axis after the other: each entry of dy goes to the entries that it was read from.
 *
 * @param dy    `[b, m1, m2, c]`
 * @param shape of the images that were resized, `[b, n1, n2, c]`
 */
export function transposedResize(
  dy: Tensor,
  shape: readonly number[],
  attrs: Attrs,
  method: 'bilinear' | 'nearest',
): Tensor {
  return [1, 2].reduce((t, axis) => {
    const target = t.shape.map((length, i) => (i === axis ? shape[axis]! : length));
    const taps = tapsOf(shape[axis]!, t.shape[axis]!, attrs, method);
    return transposedAlong(t, target, axis, taps);
  }, dy);
}

function transposedAlong(t: Tensor, target: number[], axis: number, { low, high, weight }: Taps): Tensor {
  const layout = layoutOf(target, axis, 0);
  const to = (places: number[], rows: Tensor): Tensor =>
    reshape(scatterRows(rows, tensor1d(places, 'int32'), layout), target);
  if (weight.every((w) => w === 0)) return to(low, t);
  const upper = mul(
    t,
    reshape(
      tensor1d(weight),
      t.shape.map((n, i) => (i === axis ? n : 1)),
    ),
  );
  return add(to(low, sub(t, upper)), to(high, upper));
}
