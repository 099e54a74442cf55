import type { Equation, Program, Var } from '../../core/program';

/** Calls of a program as one, with the values that come from outside and those that the rest of the program reads; its attributes are the caller's. */
export function grouped(kernel: string, calls: readonly Equation[], program: Program): Equation {
  const made = new Set(calls.flatMap(({ outputs }) => outputs));
  const inside = new Set(calls);
  const read = new Set(program.outputs);
  for (const equation of program.equations)
    if (!inside.has(equation)) for (const [, v] of equation.inputs) read.add(v);
  const inputs = new Set<Var>();
  for (const call of calls) for (const [, v] of call.inputs) if (!made.has(v)) inputs.add(v);
  return {
    kernel,
    inputs: [...inputs].map((v, i) => [String(i), v] as const),
    list: true,
    attrs: {},
    outputs: [...made].filter((v) => read.has(v)),
    many: true,
  };
}
