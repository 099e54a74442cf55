import { reshape, transpose, type Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../../core/rule';
import { linear } from '../families/linear';
import { movesIntegersOnWebGPU, throughFloat } from '../families/webgpu';

// A permutation of axes is undone by the inverse permutation.
linear('Transpose', 'x', {
  transpose: (ct, { attrs: { perm } }) => transpose(ct, inverse(perm)),
  batch: ({ inputs: { x }, attrs: { perm } }) =>
    transpose(x!.value, [0, ...(perm as number[]).map((axis) => axis + 1)]),
  shape: ({ inputs: { x }, attrs: { perm } }) => ({
    shape: (perm as number[]).map((axis) => x!.shape[axis]!),
    dtype: x!.dtype,
  }),
  // wasm divides by the strides of nothing.
  broken: (backend, { x }: { x: Tensor }) =>
    movesIntegersOnWebGPU(backend, x) || (backend === 'wasm' && x.size === 0),
  polyfill: ({ x }: { x: Tensor }, { perm }: Attrs) =>
    x.size === 0
      ? reshape(
          x,
          (perm as number[]).map((axis) => x.shape[axis]!),
        )
      : throughFloat(x, (t) => transpose(t, perm)),
});

function inverse(perm: readonly number[]): number[] {
  return perm.map((_, axis) => perm.indexOf(axis));
}
