import { util } from '@tensorflow/tfjs-core';
import type { Equation, Program, Var } from '../../core/program';
import { isElementwise, type Loop, type Primitive } from '../elementwise';
import { constantValues } from './constantValues';
import { parts } from './parts';
import type { Pass } from './pass';

/** What decides which calls become one loop. */
export interface LoopTarget {
  /** Which primitives there are; all by default. */
  readonly has?: (primitive: Primitive) => boolean;
  /** Whether it reads integers, where numbers are made of them; not by default. */
  readonly integers?: boolean;
  /** How many inputs and outputs a loop may have in all; any number by default. */
  readonly buffers?: number;
  /** A loop is dearer than a few calls for each of its elements: those on smaller values are repeated in the loops that read them. */
  readonly repeats?: boolean;
}

/** Elementwise calls waiting to run as one loop. */
interface Group {
  readonly shape: readonly number[];
  readonly calls: Equation[];
}

/**
 * Joins elementwise calls of equal shape into loops, whose inner values are never stored. A loop runs when the first of its results is
 * read from outside; until then calls join it.
 */
export const loops =
  ({ has = () => true, integers = false, buffers = Infinity, repeats = false }: LoopTarget = {}): Pass =>
  (program) => {
    const constants = scalarsOf(program);
    const results = new Set<Var>(program.outputs);
    const users = new Map<Var, Equation[]>();
    for (const equation of program.equations)
      for (const [, v] of equation.inputs) users.set(v, [...(users.get(v) ?? []), equation]);
    const elementwise = new Map<Var, Equation>();
    for (const equation of program.equations)
      if (isElementwise(equation, has, integers)) elementwise.set(equation.outputs[0]!, equation);
    const repeated = repeats ? repeatable(elementwise, users, results) : () => NONE;
    /** Calls of one element, which cost nothing to repeat in every loop that reads them. */
    const scalars = new Map<Var, Equation>();

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
      const isRead = (v: Var, inside: ReadonlySet<Equation>): boolean =>
        results.has(v) || (users.get(v)?.some((user) => !inside.has(user)) ?? false);
      const bounds = { isRead, constants, buffers, scalars, repeated: repeated(group.shape) };
      for (const { calls, outputs } of parts(group.calls, bounds)) {
        equations.push(loopOf(group.shape, calls, outputs, constants));
      }
    };
    for (const equation of program.equations) {
      const group = elementwise.has(equation.outputs[0]!) ? groupFor(groups, equation) : undefined;
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
        if (own.shape.every((n) => n === 1)) scalars.set(equation.outputs[0]!, equation);
      }
    }
    for (const group of [...groups.values()]) if (groups.has(String(group.shape))) flush(group);
    return { ...program, equations };
  };

/** How many times more elements a loop has to have than what it repeats. */
const SMALLER = 4;

const NONE = (): undefined => undefined;

/**
 * Says for a loop which calls it repeats: those that only elementwise calls read, on values that are smaller, so that no loop of their own
 * remains.
 */
function repeatable(
  elementwise: ReadonlyMap<Var, Equation>,
  users: ReadonlyMap<Var, Equation[]>,
  results: ReadonlySet<Var>,
): (shape: readonly number[]) => (v: Var) => Equation | undefined {
  const size = (shape: readonly number[]): number => util.sizeFromShape(shape as number[]);
  const isInner = (v: Var): boolean =>
    !results.has(v) && (users.get(v) ?? []).every(({ outputs: [y] }) => elementwise.has(y!));
  const inner = new Set([...elementwise.keys()].filter(isInner));
  return (shape) => {
    const most = size(shape) / SMALLER;
    return (v) => (inner.has(v) && size(v.shape) <= most ? elementwise.get(v) : undefined);
  };
}

function groupFor(groups: Map<string, Group>, { outputs }: Equation): Group {
  const { shape } = outputs[0]!;
  let group = groups.get(String(shape));
  if (!group) groups.set(String(shape), (group = { shape, calls: [] }));
  return group;
}

function scalarsOf(program: Program): Map<Var, number> {
  const found = new Map<Var, number>();
  for (const [v, values] of constantValues(program))
    if (values.length === 1 && v.dtype !== 'int32') found.set(v, values[0]!);
  return found;
}

function loopOf(
  shape: readonly number[],
  calls: readonly Equation[],
  outputs: readonly Var[],
  known: ReadonlyMap<Var, number>,
): Equation {
  const made = new Set(calls.map((call) => call.outputs[0]!));
  const read = new Set(calls.flatMap((call) => call.inputs.map(([, v]) => v)).filter((v) => !made.has(v)));
  const constants = new Map([...read].flatMap((v) => (known.has(v) ? [[v, known.get(v)!] as const] : [])));
  const inputs = [...read].filter((v) => !constants.has(v));
  const loop: Loop = { calls, shape, constants };
  return {
    kernel: 'TractLoop',
    inputs: inputs.map((v, i) => [String(i), v] as const),
    list: true,
    attrs: { loop },
    outputs,
    many: true,
  };
}
