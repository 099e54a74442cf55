import type { Equation, Var } from '../../core/program';
import { Renaming, type Pass } from './pass';

/** Computes equal kernel calls once. */
export const commonSubexpressions: Pass = (program) => {
  const renaming = new Renaming();
  const numbers = new Map<Var, number>();
  const number = (v: Var): number => {
    let n = numbers.get(v);
    if (n === undefined) numbers.set(v, (n = numbers.size));
    return n;
  };
  const seen = new Map<string, Equation>();
  const equations: Equation[] = [];
  for (const original of program.equations) {
    const equation = renaming.inputsOf(original);
    const key = keyOf(equation, number);
    const before = key === undefined ? undefined : seen.get(key);
    if (before) {
      equation.outputs.forEach((v, i) => renaming.set(v, before.outputs[i]!));
      continue;
    }
    if (key !== undefined) seen.set(key, equation);
    equations.push(equation);
  }
  return { ...program, equations, outputs: program.outputs.map((v) => renaming.get(v)) };
};

/** Undefined for calls that can't be compared: functions and programs among the attributes. */
function keyOf({ kernel, inputs, attrs }: Equation, number: (v: Var) => number): string | undefined {
  let comparable = true;
  const text = JSON.stringify(attrs, (_, value: unknown) => {
    if (typeof value === 'function' || isInstance(value)) {
      comparable = false;
      return null;
    }
    return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
  });
  return comparable
    ? `${kernel}(${inputs.map(([name, v]) => `${name}=${number(v)}`).join()})${text}`
    : undefined;
}

function isInstance(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.getPrototypeOf(value) !== Object.prototype;
}
