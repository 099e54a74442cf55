import { add, type Tensor } from '@tensorflow/tfjs-core';
import { lecunNormal, zeros, type Initializer } from '../initializers';

/** Parameters of layers that multiply by a kernel. */
export interface KernelParams {
  kernel: Tensor;
  /** [outputs]; absent with `useBias: false`. */
  bias?: Tensor;
}

export interface KernelOptions {
  /** True by default. */
  useBias?: boolean;
  /** `lecunNormal()` by default. */
  kernelInit?: Initializer;
  /** `zeros()` by default. */
  biasInit?: Initializer;
}

/** @returns {@link KernelOptions} with their defaults */
export const kernelDefaults = () => ({ useBias: true, kernelInit: lecunNormal(), biasInit: zeros() });

export function addBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? add(y, bias) : y;
}
