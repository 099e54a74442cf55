import { cast, reshape, reverse, util, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { shiftAxes } from '../families/batching';
import { linear } from '../families/linear';
import { isHighOnGPU } from '../families/webgpu';

// Turning around twice changes nothing: the map is its own transpose.
linear('Reverse', 'x', {
  transpose: (ct, { attrs }) => reverse(ct, attrs.dims),
  batch: ({ inputs: { x }, attrs }) => reverse(x!.value, shiftAxes(attrs.dims, x!)),
  shape: ({ inputs }) => inputs.x!,
  // wasm's kernel takes every element for four bytes long; webgpu's is for rank 4.
  broken: (backend, { x }: { x: Tensor }) =>
    (backend === 'wasm' && x.dtype === 'bool') || isHighOnGPU(backend, x),
  polyfill: ({ x }: { x: Tensor }, { dims }: Attrs) =>
    x.dtype === 'bool'
      ? cast(reverse(cast(x, 'int32'), dims), 'bool')
      : util.parseAxisParam(dims, x.shape).reduce<Tensor>(reverseAxis, x),
});

function reverseAxis(x: Tensor, axis: number): Tensor {
  const [n] = x.shape.slice(axis) as [number];
  const rows = reshape(x, [-1, n, util.sizeFromShape(x.shape.slice(axis).slice(1))]);
  return reshape(reverse(rows, 1), x.shape);
}
