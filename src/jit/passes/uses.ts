import type { Program, Var } from '../../core/program';

/** How often each value is read, as a result of the program too. */
export function usesOf({ equations, outputs }: Program): Map<Var, number> {
  const uses = new Map<Var, number>();
  const use = (v: Var): void => void uses.set(v, (uses.get(v) ?? 0) + 1);
  for (const { inputs } of equations) for (const [, v] of inputs) use(v);
  outputs.forEach(use);
  return uses;
}
