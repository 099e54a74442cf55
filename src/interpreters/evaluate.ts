import type { Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import type { Program, Var } from '../core/program';

/** Runs a program kernel by kernel through the engine, on tensors or tracers. */
export function evaluate(
  { inputs, constants, equations, outputs }: Program,
  given: readonly Tensor[],
): Tensor[] {
  const values = new Map<Var, Tensor>(constants);
  inputs.forEach((variable, i) => values.set(variable, given[i]!));
  for (const equation of equations) {
    const args = equation.inputs.map(([name, variable]) => [name, values.get(variable)!] as const);
    const result = runKernel<Tensor | Tensor[]>(
      equation.kernel,
      equation.list ? args.map(([, t]) => t) : Object.fromEntries(args),
      equation.attrs,
    );
    const list = Array.isArray(result) ? result : [result];
    equation.outputs.forEach((variable, i) => values.set(variable, list[i]!));
  }
  return outputs.map((variable) => values.get(variable)!);
}
