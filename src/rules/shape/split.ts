import { backend_util, concat, split, stack, unstack, util, type Tensor } from '@tensorflow/tfjs-core';
import type { Aval } from '../../core/rule';
import { exampleShape } from '../families/batching';
import { linear } from '../families/linear';
import { behindBatch, replaced } from './axes';

// The parts are put together again.
linear('SplitV', 'x', {
  transpose: (_, { attrs }, cts) => concat(cts, attrs.axis),
  batch: ({ inputs: { x }, attrs: { numOrSizeSplits, axis } }) =>
    split(x!.value, sizes(exampleShape(x!), numOrSizeSplits, axis), behindBatch(axis)),
  shape: ({ inputs: { x }, attrs: { numOrSizeSplits, axis } }) => {
    const { shape, dtype } = x!;
    const [along] = util.parseAxisParam(axis, [...shape]);
    return sizes(shape, numOrSizeSplits, axis).map((length) => ({
      shape: replaced(shape, along!, length),
      dtype,
    }));
  },
});

linear('Unpack', 'value', {
  transpose: (_, { attrs }, cts) => stack(cts, attrs.axis),
  batch: ({ inputs: { value }, attrs }) => unstack(value!.value, behindBatch(attrs.axis)),
  shape: ({ inputs: { value }, attrs }): Aval[] => {
    const { shape, dtype } = value!;
    const [axis] = util.parseAxisParam(attrs.axis, [...shape]);
    const rest = shape.toSpliced(axis!, 1);
    return Array.from({ length: shape[axis!]! }, () => ({ shape: rest, dtype }));
  },
});

/** Lengths of the parts, of which one may be given as -1: the rest. */
function sizes(shape: readonly number[], split: number | number[], axis: number): number[] {
  const [along] = util.parseAxisParam(axis, [...shape]);
  // prepareSplitSize writes into the list that it is given.
  const own = typeof split === 'number' ? split : [...split];
  return backend_util.prepareSplitSize({ shape: [...shape] } as Tensor, own, along);
}
