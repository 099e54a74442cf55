import { util } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';

/** The axes of a gather from x along an axis: [lead, outer, n, inner], with indices `[lead, count]` of which each `lead` has its own. */
export interface Layout {
  readonly lead: number;
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

interface Shaped {
  readonly shape: readonly number[];
}

export function layoutOf(shape: readonly number[], axis: number, batchDims: number): Layout {
  const size = (from: number, to?: number): number => util.sizeFromShape(shape.slice(from, to));
  return {
    lead: size(0, batchDims),
    outer: size(batchDims, axis),
    n: shape[axis]!,
    inner: size(axis + 1),
  };
}

/** The axis of GatherV2 and how many axes x and the indices share, counted from the front. */
export function gatherAxes(x: Shaped, indices: Shaped, attrs: Attrs): { axis: number; batchDims: number } {
  const [axis] = util.parseAxisParam(attrs.axis, x.shape as number[]);
  const batchDims = attrs.batchDims ?? 0;
  return { axis: axis!, batchDims: batchDims < 0 ? batchDims + indices.shape.length : batchDims };
}

export function gatherLayout(x: Shaped, indices: Shaped, attrs: Attrs): Layout {
  const { axis, batchDims } = gatherAxes(x, indices, attrs);
  return layoutOf(x.shape, axis, batchDims);
}

export function gatheredShape({ shape }: Shaped, indices: Shaped, attrs: Attrs): number[] {
  const { axis, batchDims } = gatherAxes({ shape }, indices, attrs);
  return [...shape.slice(0, axis), ...indices.shape.slice(batchDims), ...shape.slice(axis + 1)];
}
