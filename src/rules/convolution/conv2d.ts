import { getBackend, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs, Aval, BatchCall, Batched, Batching, Named, ShapeCall } from '../../core/rule';
import { mergeBatch, splitBatch } from '../families/batching';
import { bilinear } from '../families/bilinear';
import { mergeInto, splitFrom } from '../families/mappedAxis';
import { matMulT } from '../families/matMulT';
import { BLOCK_CONV, isBlockConv } from './blockConv';
import { conv2dInfo, convAxes } from './geometry';
import { attrsChannelsLast, isChannelsFirst, toChannelsFirst, toChannelsLast } from './layout';
import { mustPad, padded, withoutPadding } from './numericPadding';
import { orNothing } from './nothing';
import { conv, filterGradient, inputGradient } from './primitives';
import { unfold } from './unfold';
import { isWide } from './wideFilter';

// y[p] = sum over taps k of x[p * stride + k * dilation - before] w[k]
for (const kernel of ['Conv2D', BLOCK_CONV]) {
  bilinear(
    kernel,
    {
      x: ({ filter, ct }, { attrs, avals }) => inputGradient(ct, filter!, avals.x!.shape, attrs),
      filter: ({ x, ct }, { attrs, avals }) => filterGradient(x!, ct, avals.filter!.shape, attrs),
    },
    orNothing(shape, {
      broken: (backend, inputs, attrs) =>
        isBlockConv(backend, inputs, attrs) !== (kernel === BLOCK_CONV) || broken(backend, inputs, attrs),
      polyfill: (inputs, attrs) => {
        const other = kernel === 'Conv2D' ? BLOCK_CONV : 'Conv2D';
        return broken(getBackend(), inputs, attrs)
          ? polyfill(inputs, attrs)
          : runKernel(other, inputs, attrs);
      },
    }),
  );
}

// Wide filters are better products; and tfjs-node hands TensorFlow the strides of rows and columns as those of rows and channels where channels come first.
function broken(backend: string, { x, filter }: Named<Aval>, attrs: Attrs): boolean {
  return (
    isWide(backend, x!.shape, filter!.shape, attrs) ||
    mustPad(backend, attrs, x!.shape, filter!.shape) ||
    (backend === 'tensorflow' && isChannelsFirst(attrs) && [attrs.strides].flat().some((s) => s !== 1))
  );
}

function polyfill({ x, filter }: { x: Tensor; filter: Tensor }, attrs: Attrs): Tensor {
  if (isWide(getBackend(), x.shape, filter.shape, attrs)) {
    const rows = matMulT(unfold(x, filter.shape, attrs), reshape(filter, [-1, filter.shape[3]!]));
    return reshape(rows, conv2dInfo(x.shape, filter.shape, attrs).outShape);
  }
  if (isChannelsFirst(attrs))
    return toChannelsFirst(conv(toChannelsLast(x), filter, attrsChannelsLast(attrs)));
  return conv(padded(x, convAxes(x.shape, filter.shape, attrs)), filter, withoutPadding(attrs));
}

function shape({ inputs, attrs }: Pick<ShapeCall, 'inputs' | 'attrs'>): Aval {
  return { shape: conv2dInfo(inputs.x!.shape, inputs.filter!.shape, attrs).outShape, dtype: 'float32' };
}

function batch(call: BatchCall): Tensor {
  const { x, filter } = call.inputs as { x: Batched; filter: Batched };
  const { size, attrs } = call;
  if (!filter.batched) return splitBatch(conv(mergeBatch(x.value), filter.value, attrs), size);
  if (isChannelsFirst(attrs)) {
    const inputs = { filter, x: { ...x, value: toChannelsLast(x.value) } };
    return toChannelsFirst(batch({ ...call, inputs, attrs: attrsChannelsLast(attrs) }));
  }
  if (!x.batched) return splitFrom(conv(x.value, mergeInto(filter.value, 3), attrs), 3, size);
  // Each example has an image and a filter: unfolded, that is a product of a stack of matrices.
  const filterShape = filter.value.shape.slice(1);
  const [kh, kw, c, m] = filterShape as [number, number, number, number];
  const rows = reshape(unfold(mergeBatch(x.value), filterShape, attrs), [size, -1, kh * kw * c]);
  const { outShape } = conv2dInfo(x.value.shape.slice(1), filterShape, attrs);
  return reshape(matMulT(rows, reshape(filter.value, [size, -1, m])), [size, ...outShape]);
}

export const batching: Batching = () => ({ Conv2D: batch, [BLOCK_CONV]: batch });
