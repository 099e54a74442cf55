import { backend_util } from '@tensorflow/tfjs-core';
import { engine } from '../../core/engine';
import { findKernel } from '../../core/ownKernels';
import type { Attrs, Aval, Named } from '../../core/rule';
import { isChannelsFirst } from './layout';

/**
 * Whether a shader of ours computes a gradient of a convolution: on webgpu, where jit is loaded, which brings them along (jit/webgpu/gradients.ts).
 * tfjs's own are naive, and know no dilation. While a native tape records, it has to see kernels that it knows.
 */
export function isInShader(kernel: string, backend: string, inputs: Named<Aval>, attrs: Attrs): boolean {
  return (
    backend === 'webgpu' &&
    !engine().isTapeOn() &&
    backend_util.eitherStridesOrDilationsAreOne(attrs.strides, attrs.dilations ?? 1) &&
    !isChannelsFirst(attrs) &&
    Object.values(inputs).every(
      ({ dtype, shape }) => dtype === 'float32' && shape.length === 4 && !shape.includes(0),
    ) &&
    findKernel(kernel, backend) !== undefined
  );
}
