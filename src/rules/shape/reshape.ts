import { expandDims, reshape, util, type Tensor } from '@tensorflow/tfjs-core';
import type { Residuals } from '../../core/rule';
import { exampleShape } from '../families/batching';
import { linear } from '../families/linear';
import { behindBatch } from './axes';

/** Only the order of elements counts: back to the input's shape. */
const restore =
  (input: string) =>
  (ct: Tensor, { avals }: Residuals): Tensor =>
    reshape(ct, [...avals[input]!.shape]);

linear('Reshape', 'x', {
  transpose: restore('x'),
  batch: ({ inputs: { x }, attrs, size }) =>
    reshape(x!.value, [size, ...inferred(attrs.shape, exampleShape(x!))]),
  shape: ({ inputs: { x }, attrs }) => ({ shape: inferred(attrs.shape, x!.shape), dtype: x!.dtype }),
});

linear('ExpandDims', 'input', {
  transpose: restore('input'),
  batch: ({ inputs: { input }, attrs: { dim } }) => expandDims(input!.value, behindBatch(dim)),
  shape: ({ inputs: { input }, attrs: { dim } }) => {
    const { shape, dtype } = input!;
    return { shape: shape.toSpliced(dim < 0 ? shape.length + 1 + dim : dim, 0, 1), dtype };
  },
});

/** A shape whose one -1, if any, stands for what the elements leave. */
function inferred(shape: number[], from: readonly number[]): number[] {
  return util.inferFromImplicitShape(shape, util.sizeFromShape([...from]));
}
