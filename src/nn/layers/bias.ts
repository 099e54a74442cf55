import { add, type Tensor } from '@tensorflow/tfjs-core';
import { split } from '../../random';
import type { Key } from '../../random/keys';
import { lecunNormal, zeros, type Initializer } from '../initializers';
import { drawn } from '../initializers/initializer';

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

/** Draws a kernel of a shape, brought to another by `arrange`, and the bias of as many features. */
export function kernelParams(
  name: string,
  key: Key,
  { useBias, kernelInit, biasInit }: ReturnType<typeof kernelDefaults>,
  shape: readonly number[],
  features: number,
  arrange: (kernel: Tensor) => Tensor = (kernel) => kernel,
): KernelParams {
  const [forKernel, forBias] = split(key);
  const kernel = arrange(drawn(name, kernelInit, forKernel, shape));
  return useBias ? { kernel, bias: drawn(name, biasInit, forBias, [features]) } : { kernel };
}

/** @returns {@link KernelOptions} with their defaults */
export const kernelDefaults = () => ({ useBias: true, kernelInit: lecunNormal(), biasInit: zeros() });

export function addBias(y: Tensor, bias: Tensor | undefined): Tensor {
  return bias ? add(y, bias) : y;
}
