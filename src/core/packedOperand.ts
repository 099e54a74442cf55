import type { TensorInfo } from '@tensorflow/tfjs-core';

/*
 * wasm's product of two matrices keeps its right operand packed under the id of its data, whatever the shape (tfjs 4.22): the same data as
 * right operand in a second shape gives wrong values, and writes past the result.
 */
const shapes = new WeakMap<object, string>();

/** Whether wasm packed this data in another shape before; else it will have been packed in this one. */
export function isPackedOtherwise({ dataId, shape }: Pick<TensorInfo, 'dataId' | 'shape'>): boolean {
  const now = `${shape.at(-2)} ${shape.at(-1)}`;
  const before = shapes.get(dataId);
  if (before === undefined) shapes.set(dataId, now);
  return before !== undefined && before !== now;
}
