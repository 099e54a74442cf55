import { Variable, type Tensor } from '@tensorflow/tfjs-core';
import { valuesAtHand } from '../../core/hostValues';
import type { Program, Var } from '../../core/program';
import { traceOf } from '../../core/tracer';

/** Constants up to this size are looked at. */
const SMALL = 16;

/** The values of a program's small constants, where they can be read without waiting. */
export function constantValues({ constants }: Program): Map<Var, number[]> {
  const found = new Map<Var, number[]>();
  for (const [v, tensor] of constants) {
    const values = isComparable(tensor) ? valuesAtHand(tensor) : undefined;
    if (values) found.set(v, values);
  }
  return found;
}

function isComparable(tensor: Tensor): boolean {
  const isNumeric = tensor.dtype === 'float32' || tensor.dtype === 'int32' || tensor.dtype === 'bool';
  return isNumeric && tensor.size <= SMALL && !(tensor instanceof Variable) && !traceOf(tensor);
}
