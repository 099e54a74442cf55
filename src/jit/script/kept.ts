import { util, type DataType } from '@tensorflow/tfjs-core';
import type { Equation, Program, Var } from '../../core/program';

/** Arrays up to this size cost more to make than to fill. */
const SMALL = 4096;

/**
 * Values whose arrays a program may use again at its next call, in place of new ones: small, made here, and read by nothing but calls that
 * are made here too. The backend's own kernels give parts of an array on (a slice is a `subarray`).
 */
export function keptValues(
  { equations, outputs }: Program,
  isView: (equation: Equation) => boolean,
  isScripted: (equation: Equation) => boolean,
): ReadonlySet<Var> {
  const roots = new Map<Var, Var>();
  const root = (v: Var): Var => roots.get(v) ?? v;
  const kept = new Set<Var>();
  for (const equation of equations) {
    if (isView(equation)) roots.set(equation.outputs[0]!, root(equation.inputs[0]![1]));
    else if (isScripted(equation)) {
      for (const v of equation.outputs) if (isSmall(v)) kept.add(v);
    } else for (const [, v] of equation.inputs) kept.delete(root(v));
  }
  for (const v of outputs) kept.delete(root(v));
  return kept;
}

/** Those that a call makes, to be kept where they are copied at once. */
export const smallValues = ({ outputs }: Equation): ReadonlySet<Var> => new Set(outputs.filter(isSmall));

const isSmall = ({ shape }: Var): boolean => util.sizeFromShape(shape as number[]) <= SMALL;

type Values = Float32Array | Uint8Array;

/** Makes arrays of any content: always the same one where it is kept. */
export function arraysOf(dtype: DataType, size: number, isKept: boolean): () => Values {
  const make = (): Values => (dtype === 'bool' ? new Uint8Array(size) : new Float32Array(size));
  if (!isKept) return make;
  const own = make();
  return () => own;
}
