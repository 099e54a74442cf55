import { cast, type DataType, type Tensor } from '@tensorflow/tfjs-core';

/*
 * What tfjs's webgpu backend (4.22) gets wrong in many kernels. A shader that fails to compile there does not throw: the result is
 * whatever its memory held.
 */

/**
 * Beyond this rank some shaders of webgpu index vec5 or vec6, which are structs of its own and have no index; others refuse, as those of
 * webgl do.
 */
export const GPU_RANK = 4;

/** Tensors that a shader may read where it writes one: it has eight storage buffers. Kernels of lists that know no limit fail to compile. */
export const WEBGPU_INPUTS = 7;

export const isOnGPU = (backend: string): boolean => backend === 'webgpu' || backend === 'webgl';

export const isHighOnGPU = (backend: string, { rank }: Tensor): boolean =>
  isOnGPU(backend) && rank > GPU_RANK;

/** Its transposition assigns integers to floats where it compiles for int32 and bool. Reductions and scans transpose unless their axes are last (tfjs issue 8638). */
export function movesIntegersOnWebGPU(backend: string, x: Tensor, axes?: readonly number[]): boolean {
  if (backend !== 'webgpu' || x.rank < 3 || (x.dtype !== 'int32' && x.dtype !== 'bool')) return false;
  return !axes?.every((axis, i) => axis === x.rank - axes.length + i);
}

/** `f` on the values as floats, which hold integers up to 2^24; so do all shaders of that backend. */
export function throughFloat(x: Tensor, f: (x: Tensor) => Tensor, dtype: DataType = x.dtype): Tensor {
  return cast(f(cast(x, 'float32')), dtype);
}
