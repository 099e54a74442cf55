import type { DataType, KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import type { Equation, Var } from '../../core/program';

/** A kernel call of a program on the cpu backend, whose tensors are JavaScript's own arrays: in a form made for its shapes. */
export type ScriptRunner = (call: {
  readonly inputs: Record<string | number, TensorInfo>;
  readonly backend: object;
}) => TensorInfo | TensorInfo[];

/**
 * Makes a runner for a call, or undefined where it does not apply.
 *
 * @param kept outputs that it may write into the same array at every call: see kept.ts
 */
export type ScriptKernel = (equation: Equation, kept: ReadonlySet<Var>) => ScriptRunner | undefined;

export function valuesOf(backend: object, { dataId }: TensorInfo): Float32Array {
  return (backend as KernelBackend).readSync(dataId) as Float32Array;
}

export function write(
  backend: object,
  values: Float32Array | Uint8Array,
  shape: readonly number[],
  dtype: DataType,
): TensorInfo {
  const dataId = (backend as KernelBackend).write(values, shape as number[], dtype);
  return { dataId, shape: shape as number[], dtype };
}
