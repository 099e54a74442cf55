import { deadCode } from './passes';
import type { Equation, Program, Var } from '../core/program';

/** A program in two: what can run before the later inputs are known, and the rest, which reads `residuals` of the first. */
export interface Split {
  /** Outputs: those asked for, then the residuals. */
  readonly early: Program;
  /** Inputs: the residuals, then the later inputs. */
  readonly late: Program;
}

/** @param count how many of the program's outputs the early part gives */
export function split(program: Program, laterInputs: readonly Var[], count: number): Split {
  const dependent = new Set<Var>(laterInputs);
  const early: Equation[] = [];
  const late: Equation[] = [];
  for (const equation of program.equations) {
    if (equation.inputs.some(([, v]) => dependent.has(v))) {
      late.push(equation);
      for (const v of equation.outputs) dependent.add(v);
    } else early.push(equation);
  }
  const lateOutputs = program.outputs.slice(count);
  const needed = deadCode({ ...program, equations: late, outputs: lateOutputs });
  const residuals = new Set<Var>();
  for (const { inputs } of needed.equations) for (const [, v] of inputs) residuals.add(v);
  for (const v of lateOutputs) residuals.add(v);
  for (const v of residuals) if (dependent.has(v) || program.constants.has(v)) residuals.delete(v);
  return {
    early: deadCode({
      ...program,
      inputs: program.inputs.filter((v) => !laterInputs.includes(v)),
      equations: early,
      outputs: [...program.outputs.slice(0, count), ...residuals],
    }),
    late: { ...needed, inputs: [...residuals, ...laterInputs] },
  };
}
