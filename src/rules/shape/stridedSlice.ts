import { fill, reshape, reverse, slice_util, util, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Attrs } from '../../core/rule';
import { isHighOnGPU } from '../families/webgpu';
import { replaced } from './axes';
import { cutOut, padAround } from './margins';

/*
 * Composed of slices, whose transposes are cheap, in place of a kernel whose transpose would be a scatter. On wasm it is five times as
 * fast, and it is right where the kernels of tfjs 4.22 aren't: strides beside a shrunk axis, and on wasm integers and truth values.
 */
defineRule('StridedSlice', {
  broken: (backend, { x }: { x: Tensor }, { shrinkAxisMask }) =>
    (backend === 'wasm' && x.dtype !== 'string') ||
    (shrinkAxisMask !== 0 && backend === 'cpu') ||
    isHighOnGPU(backend, x),
  decompose: ({ x }: { x: Tensor }, attrs: Attrs) => {
    const { begin, end, strides, finalShape } = slice_util.sliceInfo(
      x.shape,
      attrs.begin,
      attrs.end,
      attrs.strides,
      attrs.beginMask,
      attrs.endMask,
      attrs.ellipsisMask,
      attrs.newAxisMask,
      attrs.shrinkAxisMask,
    );
    const ranges = x.shape.map((_, i) => rangeOf(begin[i]!, end[i]!, strides[i]!));
    if (ranges.some(({ count }) => count === 0)) return fill(finalShape, 0, x.dtype);
    let y = cutOut(
      x,
      ranges.map(({ low }) => low),
      ranges.map(({ span }) => span),
    );
    ranges.forEach(({ count, step }, axis) => {
      if (step > 1 && count > 1) y = everyNth(y, axis, step, count);
    });
    const backwards = ranges.flatMap(({ count, isBackwards }, axis) =>
      isBackwards && count > 1 ? [axis] : [],
    );
    return reshape(backwards.length > 0 ? reverse(y, backwards) : y, finalShape);
  },
});

/** The places begin, begin + stride, ... short of end: `count` of them, from `low` on, `step` apart. */
function rangeOf(begin: number, end: number, stride: number) {
  const count = Math.max(0, Math.ceil((end - begin) / stride));
  const step = Math.abs(stride);
  const span = (count - 1) * step + 1;
  const isBackwards = stride < 0;
  return { count, step, span, low: isBackwards ? begin - span + 1 : begin, isBackwards };
}

/** Places 0, step, ... along an axis of length (count - 1) step + 1: filled up, they are the first column of [count, step]. */
function everyNth(t: Tensor, axis: number, step: number, count: number): Tensor {
  const outer = util.sizeFromShape(t.shape.slice(0, axis));
  const inner = util.sizeFromShape(t.shape.slice(axis + 1));
  const rows = reshape(t, [outer, t.shape[axis]! * inner]);
  const full = padAround(rows, [0, 0], [outer, count * step * inner]);
  const first = cutOut(reshape(full, [outer * count, step * inner]), [0, 0], [outer * count, inner]);
  return reshape(first, replaced(t.shape, axis, count));
}
