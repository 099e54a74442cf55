import type { Equation, Var } from '../../core/program';
import { isElementwise, type Loop, type Primitive } from '../elementwise';
import type { Pass } from './pass';

/** Elementwise calls waiting to run as one loop. */
interface Group {
  readonly shape: readonly number[];
  readonly calls: Equation[];
}

/**
 * Joins elementwise calls of equal shape into loops, whose inner values are never stored. A loop runs when the first of its results is
 * read from outside; until then calls join it.
 *
 * @param has which primitives the target has
 */
export const loops =
  (has: (primitive: Primitive) => boolean = () => true): Pass =>
  (program) => {
    const results = new Set<Var>(program.outputs);
    const users = new Map<Var, Equation[]>();
    for (const equation of program.equations)
      for (const [, v] of equation.inputs) users.set(v, [...(users.get(v) ?? []), equation]);

    const equations: Equation[] = [];
    const groups = new Map<string, Group>();
    const waiting = new Map<Var, Group>();
    const flush = (group: Group): void => {
      groups.delete(String(group.shape));
      for (const { inputs } of group.calls)
        for (const [, v] of inputs) {
          const other = waiting.get(v);
          if (other && other !== group) flush(other);
        }
      for (const { outputs } of group.calls) waiting.delete(outputs[0]!);
      const inside = new Set(group.calls);
      const kept = group.calls.flatMap(({ outputs: [v] }) =>
        results.has(v!) || users.get(v!)?.some((user) => !inside.has(user)) ? [v!] : [],
      );
      if (kept.length > 0) equations.push(loopOf(group, kept));
    };
    for (const equation of program.equations) {
      const group = isElementwise(equation, has) ? groupFor(groups, equation) : undefined;
      for (const [, v] of equation.inputs) {
        const other = waiting.get(v);
        if (other && other !== group) flush(other);
      }
      if (!group) equations.push(equation);
      else {
        // Flushing may have ended the group that it was to join.
        const own = groups.get(String(group.shape)) ?? groupFor(groups, equation);
        own.calls.push(equation);
        waiting.set(equation.outputs[0]!, own);
      }
    }
    for (const group of [...groups.values()]) if (groups.has(String(group.shape))) flush(group);
    return { ...program, equations };
  };

function groupFor(groups: Map<string, Group>, { outputs }: Equation): Group {
  const { shape } = outputs[0]!;
  let group = groups.get(String(shape));
  if (!group) groups.set(String(shape), (group = { shape, calls: [] }));
  return group;
}

function loopOf({ shape, calls }: Group, outputs: readonly Var[]): Equation {
  const made = new Set(calls.map((call) => call.outputs[0]!));
  const inputs = new Set(calls.flatMap((call) => call.inputs.map(([, v]) => v)).filter((v) => !made.has(v)));
  const loop: Loop = { calls, shape };
  return {
    kernel: 'TractLoop',
    inputs: [...inputs].map((v, i) => [String(i), v] as const),
    list: true,
    attrs: { loop },
    outputs,
    many: true,
  };
}
