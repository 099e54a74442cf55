import { zeros, type Tensor } from '@tensorflow/tfjs-core';
import type { Aval, BatchCall, Batching, ShapeCall } from '../../core/rule';
import { mergeBatch, splitBatch } from '../families/batching';
import { bilinear } from '../families/bilinear';
import { mergeInto, splitFrom } from '../families/mappedAxis';
import { conv3dInfo, convAxes } from './geometry';
import { isNothing, mustPad, padded, withoutPadding } from './numericPadding';
import { conv, filterGradient, inputGradient } from './primitives';

bilinear(
  'Conv3D',
  {
    x: ({ filter, ct }, { attrs, avals }) => inputGradient(ct, filter!, avals.x!.shape, attrs),
    filter: ({ x, ct }, { attrs, avals }) => filterGradient(x!, ct, avals.filter!.shape, attrs),
  },
  {
    shape,
    broken: (backend, { x, filter }, attrs) =>
      isNothing(conv3dInfo(x.shape, filter.shape, attrs).outShape) ||
      mustPad(backend, attrs, x.shape, filter.shape),
    polyfill: ({ x, filter }: { x: Tensor; filter: Tensor }, attrs) => {
      const { outShape } = conv3dInfo(x.shape, filter.shape, attrs);
      if (isNothing(outShape)) return zeros(outShape);
      return conv(padded(x, convAxes(x.shape, filter.shape, attrs)), filter, withoutPadding(attrs));
    },
  },
);

function shape({ inputs, attrs }: ShapeCall): Aval {
  return { shape: conv3dInfo(inputs.x!.shape, inputs.filter!.shape, attrs).outShape, dtype: inputs.x!.dtype };
}

function batch({ inputs: { x, filter }, size, attrs }: BatchCall): Tensor | undefined {
  if (!filter!.batched) return splitBatch(conv(mergeBatch(x!.value), filter!.value, attrs), size);
  if (!x!.batched) return splitFrom(conv(x!.value, mergeInto(filter!.value, 4), attrs), 4, size);
  return undefined;
}

export const batching: Batching = { Conv3D: batch };
