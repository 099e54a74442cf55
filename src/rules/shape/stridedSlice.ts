import { cast, pad, reshape, reverse, slice, slice_util, util, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Attrs } from '../../core/rule';

/*
 * Composed of slices, whose transposes are cheap, in place of a kernel that would need a scatter. It is also right where the kernels of
 * tfjs 4.22 aren't: strides beside a shrunk axis (all backends), integers and truth values (wasm).
 */
defineRule('StridedSlice', {
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
    if (ranges.some(({ count }) => count === 0)) return emptyLike(x, finalShape);
    if (x.rank === 0) return reshape(x, finalShape);
    let y = slice(
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
    return reshape(backwards.length > 0 ? turned(y, backwards) : y, finalShape);
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
  const full = pad(rows, [
    [0, 0],
    [0, (step - 1) * inner],
  ]);
  const first = slice(reshape(full, [outer * count, step * inner]), [0, 0], [outer * count, inner]);
  return reshape(
    first,
    t.shape.map((n, i) => (i === axis ? count : n)),
  );
}

function turned(t: Tensor, axes: number[]): Tensor {
  // wasm's Reverse takes every element for four bytes long.
  return t.dtype === 'bool' ? cast(reverse(cast(t, 'int32'), axes), 'bool') : reverse(t, axes);
}

/** No elements at all, but a result of x to every transformation. */
function emptyLike(x: Tensor, shape: number[]): Tensor {
  const flat = reshape(x, [x.size]);
  return reshape(slice(flat, [0], [0]), shape);
}
