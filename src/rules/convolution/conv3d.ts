import type { Tensor } from '@tensorflow/tfjs-core';
import type { Aval, BatchCall, Batching, ShapeCall } from '../../core/rule';
import { mergeBatch, splitBatch } from '../families/batching';
import { bilinear } from '../families/bilinear';
import { mergeInto, splitFrom } from '../families/mappedAxis';
import { conv3dInfo, convAxes } from './geometry';
import { mustPad, padded, withoutPadding } from './numericPadding';
import { orNothing } from './nothing';
import { conv, filterGradient, inputGradient } from './primitives';

bilinear(
  'Conv3D',
  {
    x: ({ filter, ct }, { attrs, avals }) => inputGradient(ct, filter!, avals.x!.shape, attrs),
    filter: ({ x, ct }, { attrs, avals }) => filterGradient(x!, ct, avals.filter!.shape, attrs),
  },
  orNothing(shape, {
    broken: (backend, { x, filter }, attrs) => mustPad(backend, attrs, x.shape, filter.shape),
    polyfill: ({ x, filter }: { x: Tensor; filter: Tensor }, attrs) =>
      conv(padded(x, convAxes(x.shape, filter.shape, attrs)), filter, withoutPadding(attrs)),
  }),
);

function shape({ inputs, attrs }: Pick<ShapeCall, 'inputs' | 'attrs'>): Aval {
  return { shape: conv3dInfo(inputs.x!.shape, inputs.filter!.shape, attrs).outShape, dtype: inputs.x!.dtype };
}

function batch({ inputs: { x, filter }, size, attrs }: BatchCall): Tensor | undefined {
  if (!filter!.batched) return splitBatch(conv(mergeBatch(x!.value), filter!.value, attrs), size);
  if (!x!.batched) return splitFrom(conv(x!.value, mergeInto(filter!.value, 4), attrs), 4, size);
  return undefined;
}

export const batching: Batching = () => ({ Conv3D: batch });
