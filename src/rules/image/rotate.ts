import {
  cast,
  concat,
  equal,
  gather,
  getBackend,
  getKernel,
  range,
  reshape,
  scatterND,
  slice,
  tensor1d,
  transpose,
  where,
  zeros,
  type Tensor,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { lacking } from '../../core/backendErrors';
import { runKernel } from '../../core/kernel';
import type { Attrs } from '../../core/rule';
import { foldedBatch } from '../families/batching';
import { broadcastLike } from '../families/broadcast';
import { linear } from '../families/linear';
import { like } from '../families/outputs';

/*
 * Each pixel of a rotated image is one pixel of the image, or the fill value, which has no derivative. Which one is asked of the kernel,
 * by rotating an image of numbers: backends round differently. Pixel 0 stands for the fill value.
 */
linear('RotateWithOffset', 'image', {
  jvp: ({ tangents, attrs }) => {
    const [n, h, w, c] = tangents.image!.shape as [number, number, number, number];
    const rows = reshape(transpose(tangents.image!, [1, 2, 0, 3]), [h * w, n * c]);
    const numbered = concat([zeros([1, n * c]), rows], 0);
    return fromPixels(gather(numbered, sources(h, w, attrs) as Tensor1D), [n, h, w, c]);
  },
  transpose: (ct, { attrs }) => {
    const [n, h, w, c] = ct.shape as [number, number, number, number];
    const rows = reshape(transpose(ct, [1, 2, 0, 3]), [h * w, n * c]);
    const sums = scatterND(reshape(sources(h, w, attrs), [-1, 1]), rows, [h * w + 1, n * c]);
    return fromPixels(slice(sums, 1), [n, h, w, c]);
  },
  batch: foldedBatch,
  shape: like('image'),
  // wasm's kernel (4.22) takes whole numbers to fill with, and fills a fourth channel by itself.
  broken: (backend, _, { fillValue }) =>
    backend === 'wasm' && [fillValue].flat().some((value: number) => value !== 0),
  polyfill: ({ image }: { image: Tensor }, attrs) => {
    const backend = getBackend();
    if (!getKernel('RotateWithOffset', backend)) throw lacking('RotateWithOffset', backend);
    const [, h, w, c] = image.shape as [number, number, number, number];
    const { fillValue } = attrs as { fillValue: number | number[] };
    const fill = Array.from({ length: c }, (_, channel) =>
      typeof fillValue === 'number' ? fillValue : (fillValue[channel] ?? OPAQUE),
    );
    const isOutside = reshape(equal(sources(h, w, attrs), 0), [1, h, w, 1]);
    const rotated = runKernel('RotateWithOffset', { image }, { ...attrs, fillValue: 0 });
    return where(broadcastLike(isOutside, image.shape), broadcastLike(tensor1d(fill), image.shape), rotated);
  },
});

/** What tfjs fills a fourth channel with, where it is told of three. */
const OPAQUE = 255;

/** For each pixel of the rotated image, 1 plus the place that it comes from, or 0: int32 `[h w]`. */
function sources(h: number, w: number, attrs: Attrs): Tensor {
  const numbers = reshape(range(1, h * w + 1), [1, h, w, 1]);
  const rotated = runKernel('RotateWithOffset', { image: numbers }, { ...attrs, fillValue: 0 });
  return cast(reshape(rotated, [-1]), 'int32');
}

/** [h w, n c] as images `[n, h, w, c]`. */
function fromPixels(rows: Tensor, [n, h, w, c]: [number, number, number, number]): Tensor {
  return transpose(reshape(rows, [h, w, n, c]), [2, 0, 1, 3]);
}
