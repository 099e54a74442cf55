import { cast, reverse, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { shiftAxes } from '../families/batching';
import { linear } from '../families/linear';

// Turning around twice changes nothing: the map is its own transpose.
linear('Reverse', 'x', {
  transpose: (ct, { attrs }) => reverse(ct, attrs.dims),
  batch: ({ inputs: { x }, attrs }) => reverse(x!.value, shiftAxes(attrs.dims, x!)),
  shape: ({ inputs }) => inputs.x!,
  // wasm's kernel takes every element for four bytes long.
  broken: (backend, { x }: { x: Tensor }) => backend === 'wasm' && x.dtype === 'bool',
  polyfill: ({ x }: { x: Tensor }, { dims }: Attrs) => cast(reverse(cast(x, 'int32'), dims), 'bool'),
});
