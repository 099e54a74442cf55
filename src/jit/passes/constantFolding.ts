import { sameAval, type Equation, type Var } from '../../core/program';
import { constantValues } from './constantValues';
import { Renaming, type Pass } from './pass';

/** The operand that changes nothing: x + 0, x - 0, 1 x, x / 1. Either side, for those that commute. */
const NEUTRAL: Record<string, { value: number; commutes: boolean }> = {
  Add: { value: 0, commutes: true },
  Sub: { value: 0, commutes: false },
  Multiply: { value: 1, commutes: true },
  RealDiv: { value: 1, commutes: false },
};

/**
 * Makes equal small constants one, so that calls on them compare as equal, and drops sums with zero and products with one. (Calls on
 * constants alone never get into a program: a capture runs them at once.)
 */
export const constantFolding: Pass = (program) => {
  const values = constantValues(program);
  if (values.size === 0) return program;
  const renaming = new Renaming();
  const seen = new Map<string, Var>();
  for (const [v, list] of values) {
    const key = `${v.dtype}[${v.shape.join()}]${list.join()}`;
    const before = seen.get(key);
    if (before) renaming.set(v, before);
    else seen.set(key, v);
  }
  const equations: Equation[] = [];
  for (const original of program.equations) {
    const equation = renaming.inputsOf(original);
    const same = unchanged(equation, values);
    if (same) renaming.set(equation.outputs[0]!, same);
    else equations.push(equation);
  }
  return { ...program, equations, outputs: program.outputs.map((v) => renaming.get(v)) };
};

/** The operand that the call gives back as it is, if there is one. */
function unchanged({ kernel, inputs, outputs }: Equation, values: Map<Var, number[]>): Var | undefined {
  const neutral = Object.hasOwn(NEUTRAL, kernel) && NEUTRAL[kernel];
  if (!neutral) return undefined;
  const [a, b] = ['a', 'b'].map((key) => inputs.find(([name]) => name === key)![1]) as [Var, Var];
  const isNeutral = (v: Var): boolean => values.get(v)?.every((x) => Object.is(x, neutral.value)) ?? false;
  if (isNeutral(b) && sameAval(a, outputs[0]!)) return a;
  return neutral.commutes && isNeutral(a) && sameAval(b, outputs[0]!) ? b : undefined;
}
