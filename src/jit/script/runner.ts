import type { Equation, Var } from '../../core/program';
import { loop } from './loop';
import { matMul } from './matMul';
import { reductions } from './reduction';
import type { ScriptKernel, ScriptRunner } from './values';

const kernels: Record<string, ScriptKernel> = { TractLoop: loop, BatchMatMul: matMul, ...reductions };

/** A call's form made for its shapes, on the cpu backend; undefined where the backend's own kernel is as good. */
export function scriptRunner(equation: Equation, kept: ReadonlySet<Var>): ScriptRunner | undefined {
  return Object.hasOwn(kernels, equation.kernel) ? kernels[equation.kernel]!(equation, kept) : undefined;
}
