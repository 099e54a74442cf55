import {
  add,
  clipByValue,
  div,
  equal,
  floor,
  greater,
  greaterEqual,
  less,
  mul,
  neg,
  onesLike,
  range,
  reshape,
  scalar,
  slice,
  sub,
  tensor1d,
  where,
  zerosLike,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { defineRule, type Attrs } from '../../core/rule';
import { broadcastLike } from '../families/broadcast';
import { sample } from './sampling';

/*
 * Projective transforms, a0 ... a7 for each image or one for all. Output pixel (x, y) shows the image at
 *   ((a0 x + a1 y + a2) / k, (a3 x + a4 y + a5) / k)  with  k = a6 x + a7 y + 1.
 * It moves with the image and, where it interpolates, with the transforms, for which tfjs and TensorFlow have no gradient.
 */
defineRule('Transform', {
  // cpu's kernel stops after the first image; wasm's reflects all places in front to the last pixel; webgpu's
  // shows every image of a batch, but the first, wrongly.
  broken: (backend, { image }: { image: Tensor }, { fillMode }) =>
    (backend === 'cpu' && image.shape[0]! > 1) ||
    (backend === 'wasm' && fillMode === 'reflect') ||
    backend === 'webgpu',
  decompose: (
    { image, transforms }: { image: Tensor; transforms: Tensor },
    { interpolation, fillMode, fillValue, outputShape }: Attrs,
  ) => {
    const [n, h, w, c] = image.shape as [number, number, number, number];
    const [oh, ow] = (outputShape ?? [h, w]) as [number, number];
    const count = transforms.shape[0]!;
    const a = (k: number): Tensor => reshape(slice(transforms, [0, k], [count, 1]), [count, 1, 1]);
    const x = reshape(range(0, ow), [1, 1, ow]);
    const y = reshape(range(0, oh), [1, oh, 1]);
    const along = (i: number, rest: Tensor | number): Tensor =>
      add(add(mul(a(i), x), mul(a(i + 1), y)), rest);
    const k = along(6, 1);
    const isInfinite = equal(k, 0);
    const safe = where(isInfinite, onesLike(k), k);
    // Points at infinity are outside of the image.
    const place = (i: number, length: number): Tensor =>
      where(isInfinite, scalar(-2), mapped(div(along(i, a(i + 2)), safe), length, fillMode));
    const flat = (t: Tensor): Tensor => reshape(broadcastLike(t, [n, oh, ow]), [-1]);
    const numbers = tensor1d(
      Int32Array.from({ length: n * oh * ow }, (_, i) => Math.floor(i / (oh * ow))),
      'int32',
    );
    const places = { image: numbers, y: flat(place(3, h)), x: flat(place(0, w)) };
    return reshape(sample(image, places, fillValue, interpolation), [n, oh, ow, c]);
  },
});

/** A place along an axis of length n, brought into the image as the mode says. */
function mapped(t: Tensor, n: number, mode: string): Tensor {
  const clip = (inside: Tensor): Tensor => clipByValue(inside, 0, n - 1);
  if (mode === 'nearest') return clip(t);
  if (mode !== 'reflect' && mode !== 'wrap') return t;
  if (n <= 1) return zerosLike(t);
  return clip(mode === 'reflect' ? reflected(t, n) : wrapped(t, n));
}

// [a b c d] goes on as [d c b a | a b c d | d c b a].
function reflected(t: Tensor, n: number): Tensor {
  const below = add(t, mul(2 * n, floor(div(neg(t), 2 * n))));
  const fromBelow = where(less(below, -n), add(below, 2 * n), sub(neg(below), 1));
  const above = sub(t, mul(2 * n, floor(div(t, 2 * n))));
  const fromAbove = where(greaterEqual(above, n), sub(2 * n - 1, above), above);
  return outside(t, n, fromBelow, fromAbove);
}

// [a b c d] goes on as [a b c d | a b c d | a b c d], in periods of n counted in steps of n - 1, as TensorFlow has it.
function wrapped(t: Tensor, n: number): Tensor {
  const fromBelow = add(t, mul(n, add(floor(div(neg(t), n - 1)), 1)));
  const fromAbove = sub(t, mul(n, floor(div(t, n - 1))));
  return outside(t, n, fromBelow, fromAbove);
}

function outside(t: Tensor, n: number, below: Tensor, above: Tensor): Tensor {
  return where(less(t, 0), below, where(greater(t, n - 1), above, t));
}
