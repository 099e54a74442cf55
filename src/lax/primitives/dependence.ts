import type { Equation, Program, Var } from '../../core/program';
import { isDifferentiable, ruleOf } from '../../core/rule';

/** Every value that may depend on one of `sources`; `passes` says through which equations a dependence goes on, and to which outputs. */
export function dependents(
  { equations }: Program,
  sources: Iterable<Var>,
  passes: (equation: Equation, output: Var) => boolean = () => true,
): Set<Var> {
  const found = new Set(sources);
  for (const equation of equations) {
    if (!equation.inputs.some(([, v]) => found.has(v))) continue;
    for (const output of equation.outputs) if (passes(equation, output)) found.add(output);
  }
  return found;
}

/** A derivative passes through floating-point values and kernels that are not constant by nature. */
export function carriesDerivative({ kernel }: Equation, output: Var): boolean {
  return isDifferentiable(output) && !ruleOf(kernel)?.constant;
}

/**
 * Which inputs and outputs of a loop's body depend on flagged inputs, the carry going round until nothing changes.
 *
 * @param flags   for each input of the body
 * @param first   position of the carry among its inputs; among its outputs the carry comes first
 * @param carries how many values the carry has
 */
export function fixpoint(
  program: Program,
  flags: readonly boolean[],
  first: number,
  carries: number,
  passes?: (equation: Equation, output: Var) => boolean,
): { inputs: boolean[]; outputs: boolean[] } {
  const inputs = flags.slice();
  for (;;) {
    const found = dependents(
      program,
      program.inputs.filter((_, i) => inputs[i]),
      passes,
    );
    const outputs = program.outputs.map((v, i) => found.has(v) || (i < carries && inputs[first + i]!));
    const grown = outputs.slice(0, carries).map((flag, i) => flag && !inputs[first + i]);
    if (!grown.includes(true)) return { inputs, outputs };
    grown.forEach((flag, i) => flag && (inputs[first + i] = true));
  }
}
