import {
  backend_util,
  concat,
  reshape,
  slice,
  split,
  stack,
  unstack,
  util,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Aval } from '../../core/rule';
import { exampleShape } from '../families/batching';
import { linear } from '../families/linear';
import { behindBatch, replaced } from './axes';
import { canBlockSlice, isBlockSlice } from './blockSlice';

/** A tensor of fewer numbers is copied in the time of a kernel more. */
const WORTH_SLICING = 4096;

/** wasm's kernels copy the whole tensor for each part, as its Slice does; cpu's slice as well, and slices of ours can be part of programs. */
const isCopied = (backend: string, x: Tensor): boolean =>
  util.sizeFromShape(x.shape) >= WORTH_SLICING &&
  (backend === 'cpu' ? canBlockSlice(x) : isBlockSlice(backend, x));

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
  broken: (backend, { x }: { x: Tensor }) => isCopied(backend, x),
  polyfill: ({ x }: { x: Tensor }, { numOrSizeSplits, axis }) => {
    const [along] = util.parseAxisParam(axis, x.shape);
    return slices(x, along!, sizes(x.shape, numOrSizeSplits, axis)).map(([part, length]) =>
      reshape(part, replaced(x.shape, along!, length)),
    );
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
  broken: (backend, { value }: { value: Tensor }) => isCopied(backend, value),
  polyfill: ({ value }: { value: Tensor }, attrs) => {
    const { shape } = value;
    const [axis] = util.parseAxisParam(attrs.axis, shape);
    const rest = shape.toSpliced(axis!, 1);
    return slices(value, axis!, new Array<number>(shape[axis!]!).fill(1)).map(([part]) =>
      reshape(part, rest),
    );
  },
});

/** Parts of these lengths along an axis, one behind the other, as [outer, length, inner]. */
function slices(x: Tensor, axis: number, lengths: readonly number[]): [part: Tensor, length: number][] {
  const outer = util.sizeFromShape(x.shape.slice(0, axis));
  const inner = util.sizeFromShape(x.shape.slice(axis + 1));
  const whole = reshape(x, [outer, x.shape[axis]!, inner]);
  let begin = 0;
  return lengths.map((length) => {
    const part = slice(whole, [0, begin, 0], [outer, length, inner]);
    begin += length;
    return [part, length];
  });
}

/** Lengths of the parts, of which one may be given as -1: the rest. */
function sizes(shape: readonly number[], split: number | number[], axis: number): number[] {
  const [along] = util.parseAxisParam(axis, [...shape]);
  // prepareSplitSize writes into the list that it is given.
  const own = typeof split === 'number' ? split : [...split];
  return backend_util.prepareSplitSize({ shape: [...shape] } as Tensor, own, along);
}
