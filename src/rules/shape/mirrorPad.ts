import { add, concat, reverse, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs } from '../../core/rule';
import { linear } from '../families/linear';
import { isHighOnGPU } from '../families/webgpu';
import { replaced } from './axes';
import { cutOut, padAround } from './margins';
import { withMargins, type Margins } from './pad';

// Margins that mirror the tensor: reflect leaves out the outermost element, symmetric doubles it.
linear('MirrorPad', 'x', {
  transpose: (ct, { attrs: { paddings, mode } }) => {
    const skipped = mode === 'reflect' ? 1 : 0;
    return (paddings as Margins[]).reduce((t, margins, axis) => fold(t, axis, margins, skipped), ct);
  },
  batch: ({ inputs: { x }, attrs }) =>
    runKernel(
      'MirrorPad',
      { x: x!.value },
      { ...attrs, paddings: [[0, 0], ...(attrs.paddings as Margins[])] },
    ),
  shape: ({ inputs: { x }, attrs }) => ({ shape: withMargins(x!.shape, attrs.paddings), dtype: x!.dtype }),
  // TensorFlow pads up to rank 5 so.
  broken: (backend, { x }) => (backend === 'tensorflow' && x.rank > 5) || isHighOnGPU(backend, x),
  polyfill: ({ x }: { x: Tensor }, { paddings, mode }: Attrs) => {
    const skipped = mode === 'reflect' ? 1 : 0;
    return (paddings as Margins[]).reduce((t, margins, axis) => unfold(t, axis, margins, skipped), x);
  },
});

/** Adds margins along one axis. */
function unfold(t: Tensor, axis: number, [before, after]: Margins, skipped: number): Tensor {
  const length = t.shape[axis]!;
  const origin = t.shape.map(() => 0);
  const mirrored = (begin: number, places: number): Tensor =>
    reverse(cutOut(t, replaced(origin, axis, begin), replaced(t.shape, axis, places)), axis);
  const parts = [t];
  if (before > 0) parts.unshift(mirrored(skipped, before));
  if (after > 0) parts.push(mirrored(length - skipped - after, after));
  return parts.length === 1 ? t : concat(parts, axis);
}

/** Adds the margins along one axis, turned around, to the elements that they mirror. */
function fold(t: Tensor, axis: number, [before, after]: Margins, skipped: number): Tensor {
  const length = t.shape[axis]! - before - after;
  const shape = replaced(t.shape, axis, length);
  const origin = t.shape.map(() => 0);
  const from = (begin: number, places: number): Tensor =>
    cutOut(t, replaced(origin, axis, begin), replaced(t.shape, axis, places));
  const mirrored = (margin: Tensor, begin: number): Tensor =>
    padAround(reverse(margin, axis), replaced(origin, axis, begin), shape);
  let sum = from(before, length);
  if (before > 0) sum = add(sum, mirrored(from(0, before), skipped));
  if (after > 0) sum = add(sum, mirrored(from(before + length, after), length - skipped - after));
  return sum;
}
