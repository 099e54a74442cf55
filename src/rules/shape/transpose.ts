import { getBackend, reshape, transpose, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../../core/kernel';
import type { Attrs, Aval } from '../../core/rule';
import { linear } from '../families/linear';
import { movesIntegersOnWebGPU, throughFloat } from '../families/webgpu';
import { BLOCK_TRANSPOSE, isBlockTranspose } from './blockTranspose';

// A permutation of axes is undone by the inverse permutation.
for (const kernel of ['Transpose', BLOCK_TRANSPOSE])
  linear(kernel, 'x', {
    transpose: (ct, { attrs: { perm } }) => transpose(ct, inverse(perm)),
    batch: ({ inputs: { x }, attrs: { perm } }) =>
      transpose(x!.value, [0, ...(perm as number[]).map((axis) => axis + 1)]),
    shape: ({ inputs: { x }, attrs: { perm } }) => ({ shape: permuted(x!, perm), dtype: x!.dtype }),
    // wasm divides by the strides of nothing.
    broken: (backend, { x }: { x: Tensor }, { perm }) =>
      isBlockTranspose(backend, x, perm) !== (kernel === BLOCK_TRANSPOSE) ||
      movesIntegersOnWebGPU(backend, x) ||
      (backend === 'wasm' && x.size === 0),
    polyfill: ({ x }: { x: Tensor }, attrs: Attrs) => {
      const { perm } = attrs;
      if (x.size === 0) return reshape(x, permuted(x, perm));
      if (movesIntegersOnWebGPU(getBackend(), x)) return throughFloat(x, (t) => transpose(t, perm));
      return runKernel(isBlockTranspose(getBackend(), x, perm) ? BLOCK_TRANSPOSE : 'Transpose', { x }, attrs);
    },
  });

const permuted = ({ shape }: Aval, perm: readonly number[]): number[] => perm.map((axis) => shape[axis]!);

function inverse(perm: readonly number[]): number[] {
  return perm.map((_, axis) => perm.indexOf(axis));
}
