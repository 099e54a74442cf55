import { getBackend, mul, range, reshape, scalar, sub, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Batching, type Cotangent, type Named } from '../../core/rule';
import { orNothing } from '../convolution/nothing';
import { mustPad } from '../convolution/numericPadding';
import { foldedBatch } from '../families/batching';
import { linear } from '../families/linear';
import { like } from '../families/outputs';
import { registerMaxPoolKernels } from './kernels';
import {
  maximumOfPadded,
  maximumWithPlaces,
  scatterByNative,
  selectByTaps,
  startsAboveZero,
} from './polyfills';
import { MAX_POOL_SCATTER, MAX_POOL_SELECT, maxPoolScatter, maxPoolSelect, pooled } from './primitives';

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
    batch: foldedBatch,
    ...orNothing(pooled('x'), {
      broken: (backend, { x }, attrs) =>
        mustPad(backend, attrs, x.shape) || (kernel === 'MaxPool3D' && startsAboveZero(backend)),
      polyfill: ({ x }: { x: Tensor }, attrs) =>
        mustPad(getBackend(), attrs, x.shape) ? maximumOfPadded(x, attrs) : maxPoolSelect(x, x, attrs),
    }),
  });
}

// Its second output, the places of the maxima, is constant.
defineRule('MaxPoolWithArgmax', {
  vjp: { x: towardsX },
  jvp: ({ inputs, tangents, attrs }) => [tangents.x! && maxPoolSelect(tangents.x, inputs.x!, attrs), null],
  shape: (call) => {
    const y = pooled('x')(call);
    return [y, { ...y, dtype: 'int32' }];
  },
  // On webgl the places are floats.
  broken: (backend, { x }, attrs) =>
    backend === 'webgl' || mustPad(backend, attrs, x.shape) || startsAboveZero(backend),
  polyfill: ({ x }: { x: Tensor }, attrs) => maximumWithPlaces(x, attrs),
});

linear(MAX_POOL_SELECT, 'v', {
  reads: ['x'],
  transpose: (ct, { inputs, attrs }) => maxPoolScatter(ct, inputs.x!, attrs),
  batch: foldedBatch,
  shape: pooled('v'),
  polyfill: ({ v, x }: Named<Tensor>, attrs) => selectByTaps(v!, x!, attrs),
});

linear(MAX_POOL_SCATTER, 'dy', {
  reads: ['x'],
  transpose: (ct, { inputs, attrs }) => maxPoolSelect(ct, inputs.x!, attrs),
  batch: foldedBatch,
  shape: like('x', 'float32'),
  polyfill: ({ dy, x }: Named<Tensor>, attrs) => scatterByNative(dy!, x!, attrs),
});

// tfjs's own names, where another backend computes with them, or where tf.grad calls them.
for (const kernel of ['MaxPoolGrad', 'MaxPool3DGrad']) {
  linear(kernel, 'dy', {
    reads: ['input'],
    transpose: (ct, { inputs, attrs }) => maxPoolSelect(ct, inputs.input!, attrs),
    batch: foldedBatch,
    shape: like('input', 'float32'),
    broken: (backend, { input }, attrs) => mustPad(backend, attrs, input.shape) || startsAboveZero(backend),
    polyfill: ({ dy, input }: Named<Tensor>, attrs) => maxPoolScatter(dy!, input!, attrs),
  });
}

export const batching: Batching = () => ({
  MaxPoolWithArgmax: (call) => {
    const { inputs, size, attrs } = call;
    const [result, places] = foldedBatch<[Tensor, Tensor]>(call);
    if (!attrs.includeBatchInIndex) return [result, places];
    const first = mul(range(0, size, 1, 'int32'), scalar(inputs.x!.value.size / size, 'int32'));
    return [result, sub(places, reshape(first, [size, 1, 1, 1, 1]))];
  },
});
