import { cast, oneHot, type Tensor } from '@tensorflow/tfjs-core';
import { defineRule, type Attrs, type ShapeCall } from '../../core/rule';
import { batchInFront } from '../families/batching';

defineRule('OneHot', {
  constant: true,
  batch: batchInFront,
  shape: ({ inputs, attrs }: ShapeCall) => ({
    shape: [...inputs.indices!.shape, attrs.depth],
    dtype: attrs.dtype ?? 'int32',
  }),
  // wasm's kernel writes int32 whatever the type: tiny numbers for float32, and past the end of the buffer for bool.
  broken: (backend: string, _: unknown, attrs: Attrs) => backend === 'wasm' && attrs.dtype !== 'int32',
  polyfill: ({ indices }: { indices: Tensor }, { depth, onValue, offValue, dtype }: Attrs) =>
    cast(oneHot(indices, depth, onValue, offValue, 'int32'), dtype),
});
