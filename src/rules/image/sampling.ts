import {
  add,
  cast,
  floor,
  gather,
  greaterEqual,
  less,
  logicalAnd,
  mul,
  reshape,
  scalar,
  sub,
  where,
  zerosLike,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';

/** Places of samples: image number (int32), row and column, each `[p]`. */
export interface Places {
  readonly image: Tensor;
  readonly y: Tensor;
  readonly x: Tensor;
}

/**
 * Values of images between their pixels, by linear interpolation of the four around, or of the nearest.
 * Differentiable in the images and, where it interpolates, in the places.
 *
 * @param images `[b, h, w, c]`
 * @param fill   value of the pixels outside of the image
 * @returns `[p, c]`
 */
export function sample(
  images: Tensor,
  { image, y, x }: Places,
  fill: number,
  method: 'bilinear' | 'nearest',
): Tensor {
  const pixel = (row: Tensor, column: Tensor): Tensor => pixels(images, image, row, column, fill);
  if (method === 'nearest') return pixel(floor(add(y, 0.5)), floor(add(x, 0.5)));
  const [top, left] = [floor(y), floor(x)];
  const [bottom, right] = [add(top, 1), add(left, 1)];
  const [v, u] = [sub(y, top), sub(x, left)].map((t) => reshape(t, [-1, 1])) as [Tensor, Tensor];
  const above = mix(pixel(top, left), pixel(top, right), u);
  const below = mix(pixel(bottom, left), pixel(bottom, right), u);
  return mix(above, below, v);
}

/** (1 - t) a + t b */
export function mix(a: Tensor, b: Tensor, t: Tensor): Tensor {
  return add(a, mul(t, sub(b, a)));
}

function pixels(images: Tensor, image: Tensor, y: Tensor, x: Tensor, fill: number): Tensor {
  const [b, h, w, c] = images.shape as [number, number, number, number];
  const isInside = [within(y, h), within(x, w), within(image, b)].reduce((p, q) => logicalAnd(p, q));
  const int = (n: number): Tensor => scalar(n, 'int32');
  const row = add(mul(image, int(h)), cast(y, 'int32'));
  const place = add(mul(row, int(w)), cast(x, 'int32'));
  const safe = where(isInside, place, zerosLike(place));
  const found = gather(reshape(images, [b * h * w, c]), safe as Tensor1D);
  return where(reshape(isInside, [-1, 1]), found, scalar(fill));
}

function within(t: Tensor, n: number): Tensor {
  const bound = (value: number): Tensor => scalar(value, t.dtype as 'int32');
  return logicalAnd(greaterEqual(t, bound(0)), less(t, bound(n)));
}
