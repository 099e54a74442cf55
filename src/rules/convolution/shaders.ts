import { engine } from '../../core/engine';
import { findKernel } from '../../core/ownKernels';
import type { Attrs, Aval, Named } from '../../core/rule';

const isAbove1 = (sizes: number | number[] | undefined): boolean => [sizes ?? 1].flat().some((n) => n > 1);

/**
 * Whether a shader of ours computes a gradient of a convolution: on webgpu, where jit is loaded, which brings them along (jit/webgpu/gradients.ts).
 * tfjs's own are naive, and know no dilation. While a native tape records, it has to see kernels that it knows.
 */
export function isInShader(kernel: string, backend: string, inputs: Named<Aval>, attrs: Attrs): boolean {
  return (
    backend === 'webgpu' &&
    !engine().isTapeOn() &&
    !(isAbove1(attrs.strides) && isAbove1(attrs.dilations)) &&
    attrs.dataFormat !== 'NCHW' &&
    Object.values(inputs).every(
      ({ dtype, shape }) => dtype === 'float32' && shape.length === 4 && !shape.includes(0),
    ) &&
    findKernel(kernel, backend) !== undefined
  );
}
