import {
  greaterEqual,
  lessEqual,
  linspace,
  logicalAnd,
  mul,
  reshape,
  scalar,
  slice,
  where,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { defineRule, type Attrs } from '../../core/rule';
import { broadcastLike } from '../families/broadcast';
import { isOnGPU } from '../families/webgpu';
import { mix, sample } from './sampling';

/*
 * Crops of images, resized: the value at each point of a grid over the box, whose sides are given as shares of the image's. It moves with
 * the image and, where it interpolates, with the box (TensorFlow's gradient of boxes; tfjs has none at all).
 */
defineRule('CropAndResize', {
  // webgpu's kernel (4.22) reads single points elsewhere; webgl's takes box i from image i, whatever boxInd says.
  broken: isOnGPU,
  decompose: (
    { image, boxes, boxInd }: { image: Tensor; boxes: Tensor; boxInd: Tensor },
    { cropSize, method, extrapolationValue }: Attrs,
  ) => {
    const [, h, w, c] = image.shape as [number, number, number, number];
    const [ch, cw] = cropSize as [number, number];
    const count = boxes.shape[0]!;
    const grid = [count, ch, cw];
    const side = (k: number): Tensor => slice(boxes, [0, k], [count, 1]);
    const y = points(side(0), side(2), ch, h);
    const x = points(side(1), side(3), cw, w);
    const all = (t: Tensor, shape: number[]): Tensor => reshape(broadcastLike(reshape(t, shape), grid), [-1]);
    const places = {
      image: all(boxInd, [count, 1, 1]),
      y: all(y, [count, ch, 1]),
      x: all(x, [count, 1, cw]),
    };
    const values = sample(image, places, 0, method);
    const isInside = reshape(logicalAnd(within(places.y, h), within(places.x, w)), [-1, 1]);
    return reshape(where(isInside, values, scalar(extrapolationValue)), [...grid, c]);
  },
});

/** `count` points from one side to the other, both included, in pixels; a single one is in the middle: `[boxes, count]`. */
function points(from: Tensor, to: Tensor, count: number, n: number): Tensor {
  const share = count > 1 ? linspace(0, 1, count) : scalar(0.5);
  return mix(mul(from, n - 1), mul(to, n - 1), share);
}

function within(t: Tensor, n: number): Tensor {
  return logicalAnd(greaterEqual(t, 0), lessEqual(t, n - 1));
}
