import { add, type Tensor } from '@tensorflow/tfjs-core';
import type { Initializer } from '../initializers';

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

export function addBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? add(y, bias) : y;
}
