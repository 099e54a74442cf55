import { mul, range, reshape, scalar, sub, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import {
  defineRule,
  type Attrs,
  type Aval,
  type BatchCall,
  type Batched,
  type Cotangent,
  type Named,
  type ShapeCall,
} from '../../core/rule';
import { poolAxes } from '../convolution/geometry';
import { refusesPadding } from '../convolution/numericPadding';
import { mergeBatch, splitBatch, withBatch } from '../families/batching';
import { linear } from '../families/linear';
import { registerMaxPoolKernels } from './kernels';
import { maximumOfPadded, maximumWithPlaces, scatterByNative, selectByTaps } from './polyfills';
import { MAX_POOL_SCATTER, MAX_POOL_SELECT, maxPoolScatter, maxPoolSelect } from './primitives';

registerMaxPoolKernels();

// d max(window) = dx at the maximum, the first of equals.
const towardsX: Cotangent = {
  reads: ['x'],
  pull: (ct, { inputs, attrs }) => maxPoolScatter(ct, inputs.x!, attrs),
};

for (const kernel of ['MaxPool', 'MaxPool3D']) {
  defineRule(kernel, {
    vjp: { x: towardsX },
    jvp: ({ inputs, tangents, attrs }) => tangents.x! && maxPoolSelect(tangents.x, inputs.x!, attrs),
    batch: ({ inputs, size, attrs }) =>
      splitBatch(runKernel(kernel, { x: mergeBatch(inputs.x!.value) }, attrs), size),
    shape: ({ inputs, attrs }) => pooled(inputs.x!, attrs),
    broken: (backend, _, attrs) => refusesPadding(attrs, backend),
    polyfill: ({ x }: { x: Tensor }, attrs) => maximumOfPadded(x, attrs),
  });
}

// Its second output, the places of the maxima, is constant.
defineRule('MaxPoolWithArgmax', {
  vjp: { x: towardsX },
  jvp: ({ inputs, tangents, attrs }) => [tangents.x! && maxPoolSelect(tangents.x, inputs.x!, attrs), null],
  batch: ({ kernel, inputs, size, attrs }) => {
    const x = inputs.x!.value;
    const [result, places] = runKernel<Tensor[]>(kernel, { x: mergeBatch(x) }, attrs).map((y) =>
      splitBatch(y, size),
    ) as [Tensor, Tensor];
    if (!attrs.includeBatchInIndex) return [result, places];
    const first = mul(range(0, size, 1, 'int32'), scalar(x.size / size, 'int32'));
    return [result, sub(places, reshape(first, [size, 1, 1, 1, 1]))];
  },
  shape: ({ inputs, attrs }) => {
    const y = pooled(inputs.x!, attrs);
    return [y, { ...y, dtype: 'int32' }];
  },
  polyfill: ({ x }: { x: Tensor }, attrs) => maximumWithPlaces(x, attrs),
});

linear(MAX_POOL_SELECT, 'v', {
  reads: ['x'],
  transpose: (ct, { inputs, attrs }) => maxPoolScatter(ct, inputs.x!, attrs),
  batch: ({ inputs: { v, x }, size, attrs }: BatchCall) =>
    splitBatch(maxPoolSelect(mergeBatch(withBatch(v!, size)), mergeBatch(withBatch(x!, size)), attrs), size),
  shape: ({ inputs, attrs }: ShapeCall) => pooled(inputs.v!, attrs),
  polyfill: ({ v, x }: Named<Tensor>, attrs) => selectByTaps(v!, x!, attrs),
});

linear(MAX_POOL_SCATTER, 'dy', {
  reads: ['x'],
  transpose: (ct, { inputs, attrs }) => maxPoolSelect(ct, inputs.x!, attrs),
  batch: ({ inputs: { dy, x }, size, attrs }: BatchCall) => batchScatter(dy!, x!, size, attrs),
  shape: ({ inputs }: ShapeCall): Aval => ({ shape: inputs.x!.shape, dtype: 'float32' }),
  polyfill: ({ dy, x }: Named<Tensor>, attrs) => scatterByNative(dy!, x!, attrs),
});

// tfjs's own names, where another backend computes with them, or where tf.grad calls them.
for (const kernel of ['MaxPoolGrad', 'MaxPool3DGrad']) {
  linear(kernel, 'dy', {
    reads: ['input'],
    transpose: (ct, { inputs, attrs }) => maxPoolSelect(ct, inputs.input!, attrs),
    batch: ({ inputs: { dy, input }, size, attrs }: BatchCall) => batchScatter(dy!, input!, size, attrs),
    shape: ({ inputs }: ShapeCall): Aval => ({ shape: inputs.input!.shape, dtype: 'float32' }),
    broken: (backend, _, attrs) => refusesPadding(attrs, backend),
    polyfill: ({ dy, input }: Named<Tensor>, attrs) => maxPoolScatter(dy!, input!, attrs),
  });
}

function batchScatter(dy: Batched, x: Batched, size: number, attrs: Attrs): Tensor {
  return splitBatch(
    maxPoolScatter(mergeBatch(withBatch(dy, size)), mergeBatch(withBatch(x, size)), attrs),
    size,
  );
}

function pooled({ shape, dtype }: Aval, attrs: Attrs): Aval {
  return { shape: [shape[0]!, ...poolAxes(shape, attrs).map(({ out }) => out), shape.at(-1)!], dtype };
}
