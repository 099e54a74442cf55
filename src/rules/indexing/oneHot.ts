import { cast, oneHot, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import { defineRule, type Attrs, type BatchCall, type ShapeCall } from '../../core/rule';

defineRule('OneHot', {
  constant: true,
  batch: ({ kernel, inputs, attrs }: BatchCall): Tensor =>
    runKernel(kernel, { indices: inputs.indices!.value }, attrs),
  shape: ({ inputs, attrs }: ShapeCall) => ({
    shape: [...inputs.indices!.shape, attrs.depth],
    dtype: attrs.dtype ?? 'int32',
  }),
  // wasm's kernel writes int32 whatever the type: tiny numbers for float32, and past the end of the buffer for bool.
  broken: (backend: string, _: unknown, attrs: Attrs) => backend === 'wasm' && attrs.dtype !== 'int32',
  polyfill: ({ indices }: { indices: Tensor }, { depth, onValue, offValue, dtype }: Attrs) =>
    cast(oneHot(indices, depth, onValue, offValue, 'int32'), dtype),
});
