import type { Equation, Var } from '../../core/program';
import type { Pass } from './pass';

/** Drops equations and constants that no output needs. */
export const deadCode: Pass = (program) => {
  const live = new Set<Var>(program.outputs);
  const kept: Equation[] = [];
  for (let i = program.equations.length - 1; i >= 0; i--) {
    const equation = program.equations[i]!;
    if (!equation.outputs.some((v) => live.has(v))) continue;
    kept.push(equation);
    for (const [, v] of equation.inputs) live.add(v);
  }
  const constants = new Map([...program.constants].filter(([v]) => live.has(v)));
  return { ...program, equations: kept.reverse(), constants };
};
