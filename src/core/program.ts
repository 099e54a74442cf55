import type { DataType, Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from './rule';

/** A value of a program: known by shape and type only. */
export interface Var {
  readonly shape: readonly number[];
  readonly dtype: DataType;
}

export function sameAval(a: Var, b: Var): boolean {
  const { length } = a.shape;
  if (a.dtype !== b.dtype || length !== b.shape.length) return false;
  for (let i = 0; i < length; i++) if (a.shape[i] !== b.shape[i]) return false;
  return true;
}

/** One kernel call. */
export interface Equation {
  readonly kernel: string;
  readonly inputs: readonly (readonly [name: string, value: Var])[];
  /** The kernel takes its inputs as a list. */
  readonly list: boolean;
  readonly attrs: Attrs;
  readonly outputs: readonly Var[];
  /** The kernel returns a list, also of one. */
  readonly many: boolean;
}

/** A captured function, in the manner of a jaxpr: kernel calls in order, each value assigned once. */
export interface Program {
  readonly inputs: readonly Var[];
  /** Tensors that the function closed over. Variables stay themselves, so that a program reads their current values. */
  readonly constants: ReadonlyMap<Var, Tensor>;
  readonly equations: readonly Equation[];
  readonly outputs: readonly Var[];
}
