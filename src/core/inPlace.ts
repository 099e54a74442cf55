import { getKernel, registerKernel, type TensorInfo } from '@tensorflow/tfjs-core';
import { canWorkIn } from '../wasm/blocks';
import { engine } from './engine';
import { provideKernels } from './ownKernels';
import type { Attrs, Named } from './rule';

/**
 * Whether kernels of our own can work in a backend's memory: on wasm with SIMD instructions, and without threads, with which that memory is not
 * exported. Elsewhere what they compute is composed of the backend's kernels, and while a native tape records, which has to see kernels that it knows.
 */
export function worksInPlace(backendName: string): boolean {
  if (backendName !== 'wasm' || engine().isTapeOn()) return false;
  const backend = engine().registry.wasm;
  return backend !== undefined && canWorkIn(backend);
}

/** Says how one of these kernels is computed: it is registered when first needed. */
export function provideInPlace(
  kernelName: string,
  compute: (inputs: Named<TensorInfo>, attrs: Attrs, backend: object) => TensorInfo,
): void {
  provideKernels((backendName) => {
    if (backendName !== 'wasm' || getKernel(kernelName, backendName)) return;
    registerKernel({
      kernelName,
      backendName,
      kernelFunc: ({ inputs, attrs, backend }) =>
        compute(inputs as Named<TensorInfo>, attrs as Attrs, backend as object),
    });
  });
}
