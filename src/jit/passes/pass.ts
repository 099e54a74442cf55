import type { Equation, Program, Var } from '../../core/program';

/** One rewriting of a program that keeps its meaning. */
export type Pass = (program: Program) => Program;

/** Follows renamings to the value that a variable stands for now. */
export class Renaming {
  private readonly names = new Map<Var, Var>();

  set(from: Var, to: Var): void {
    this.names.set(from, this.get(to));
  }

  get(variable: Var): Var {
    return this.names.get(variable) ?? variable;
  }

  inputsOf(equation: Equation): Equation {
    if (!equation.inputs.some(([, v]) => this.names.has(v))) return equation;
    return { ...equation, inputs: equation.inputs.map(([name, v]) => [name, this.get(v)] as const) };
  }
}
