import { util } from '@tensorflow/tfjs-core';
import type { Equation, Var } from '../../core/program';
import type { Loop } from '../elementwise';
import type { Pass } from './pass';
import { reshaped } from './reshaped';

/** Loops and reductions along the last axis of one matrix of rows: what a 'TractRows' equation carries. */
export interface Rows {
  /** Loops, reductions, and reshapes of their values, in order. */
  readonly members: readonly Equation[];
  readonly count: number;
  /** Elements of a row. */
  readonly length: number;
}

/** Reductions that rows know, and the attribute that names the axes. */
export const REDUCTIONS: Readonly<Record<string, string>> = {
  Sum: 'axis',
  Mean: 'axis',
  Max: 'reductionIndices',
  Min: 'axis',
};

/** Longer rows are left to kernels that share one among more invocations. */
const LONGEST = 1024;

/** What a value is in rows: an element for each of theirs, or one for each row. */
type Level = 'element' | 'row';

/**
 * Joins loops and the reductions between them into one call for each row, whose inner values are never stored: a normalisation, or a
 * cross-entropy with its gradient.
 *
 * @param buffers how many inputs and outputs a call may have in all
 */
export const rows =
  (buffers: number): Pass =>
  (program) => {
    const results = new Set<Var>(program.outputs);
    const users = new Map<Var, Equation[]>();
    for (const equation of program.equations)
      for (const [, v] of equation.inputs) users.set(v, [...(users.get(v) ?? []), equation]);
    const isRead = (v: Var, inside: ReadonlySet<Equation>): boolean =>
      results.has(v) || (users.get(v)?.some((user) => !inside.has(user)) ?? false);

    const equations: Equation[] = [];
    let group: Group | undefined;
    // What reads the group's values comes after it; all else goes before.
    let deferred: Equation[] = [];
    let late = new Set<Var>();
    let queue = [...program.equations];
    const close = (rest: Equation[]): void => {
      equations.push(...group!.equations(isRead));
      queue = [...deferred, ...rest];
      [group, deferred, late] = [undefined, [], new Set()];
    };
    for (let at = 0; at < queue.length || group; at++) {
      const equation = queue[at];
      if (!equation) {
        close([]);
        at = -1;
      } else if (!group) {
        group = Group.of(equation);
        if (!group) equations.push(equation);
      } else {
        const isLate = equation.inputs.some(([, v]) => late.has(v));
        if (!isLate && group.join(equation, isRead, buffers)) continue;
        if (!isLate && !equation.inputs.some(([, v]) => group!.levels.has(v))) equations.push(equation);
        else if (Group.of(equation)) {
          close(queue.slice(at));
          at = -1;
        } else {
          deferred.push(equation);
          for (const v of equation.outputs) late.add(v);
        }
      }
    }
    return { ...program, equations };
  };

class Group {
  readonly levels = new Map<Var, Level>();
  private readonly members: Equation[] = [];

  private constructor(
    private readonly count: number,
    private readonly length: number,
  ) {}

  /** Rows that begin with this call, if they can. */
  static of(equation: Equation): Group | undefined {
    const { kernel, inputs, attrs } = equation;
    const shape =
      kernel === 'TractLoop'
        ? (attrs.loop as Loop).shape
        : Object.hasOwn(REDUCTIONS, kernel)
          ? inputs[0]![1].shape
          : [];
    const length = shape.at(-1) ?? 0;
    const count = util.sizeFromShape(shape.slice(0, -1) as number[]);
    // One row would be left to few invocations.
    if (length < 2 || length > LONGEST || count < 2) return undefined;
    const group = new Group(count, length);
    return group.add(equation, false) ? group : undefined;
  }

  join(
    equation: Equation,
    isRead: (v: Var, inside: ReadonlySet<Equation>) => boolean,
    buffers: number,
  ): boolean {
    if (!equation.inputs.some(([, v]) => this.levels.has(v)) || !this.add(equation, true)) return false;
    const { inputs, outputs } = this.ends(isRead);
    if (inputs.length + outputs.length <= buffers) return true;
    this.members.pop();
    for (const v of equation.outputs) this.levels.delete(v);
    return false;
  }

  /** The group as one call, where that saves any. */
  equations(isRead: (v: Var, inside: ReadonlySet<Equation>) => boolean): Equation[] {
    const { members, count, length } = this;
    const calls = members.filter(({ kernel }) => kernel !== 'Reshape').length;
    if (calls < 2 || !members.some(({ kernel }) => Object.hasOwn(REDUCTIONS, kernel))) return members;
    const { inputs, outputs, views } = this.ends(isRead);
    const attrs: { rows: Rows } = { rows: { members, count, length } };
    const named = inputs.map((v, i) => [String(i), v] as const);
    return [{ kernel: 'TractRows', inputs: named, list: true, attrs, outputs, many: true }, ...views];
  }

  /** What the group reads and stores, and the reshapes of what it stores that are read elsewhere. */
  private ends(isRead: (v: Var, inside: ReadonlySet<Equation>) => boolean): {
    inputs: Var[];
    outputs: Var[];
    views: Equation[];
  } {
    const inside = new Set(this.members);
    const inputs = new Set(this.members.flatMap((member) => member.inputs.map(([, v]) => v)));
    const sources = new Map<Var, Var>();
    for (const {
      kernel,
      inputs: [first],
      outputs: [output],
    } of this.members)
      if (kernel === 'Reshape') sources.set(output!, sources.get(first![1]) ?? first![1]);
    const outputs = new Set<Var>();
    const views: Equation[] = [];
    for (const v of this.levels.keys()) {
      if (!isRead(v, inside)) continue;
      const source = sources.get(v);
      outputs.add(source ?? v);
      if (source) views.push(reshaped(source, v));
    }
    return { inputs: [...inputs].filter((v) => !this.levels.has(v)), outputs: [...outputs], views };
  }

  private add(equation: Equation, views: boolean): boolean {
    const level = this.levelOf(equation, views);
    if (!level) return false;
    this.members.push(equation);
    for (const v of equation.outputs) this.levels.set(v, level);
    return true;
  }

  /** What a call's results are in these rows; undefined where it does not belong to them. */
  private levelOf({ kernel, inputs, outputs, attrs }: Equation, views: boolean): Level | undefined {
    const [output] = outputs as [Var];
    if (kernel === 'TractLoop') {
      const level = this.levelOfShape((attrs.loop as Loop).shape);
      return level && inputs.every(([, v]) => this.isAligned(v, (attrs.loop as Loop).shape, level))
        ? level
        : undefined;
    }
    const [, x] = inputs[0] ?? [];
    if (!x) return undefined;
    const own = this.levels.get(x);
    if (kernel === 'Reshape' && views) {
      const kept = own && this.levelOfShape(output.shape);
      // One value for each row may lose the axis of one.
      if (own === 'row') return 'row';
      return own === kept ? own : undefined;
    }
    if (!Object.hasOwn(REDUCTIONS, kernel) || x.dtype !== 'float32' || output.dtype !== 'float32')
      return undefined;
    if ((own ?? this.levelOfShape(x.shape)) !== 'element' || x.shape.at(-1) !== this.length) return undefined;
    const axes = util.parseAxisParam(attrs[REDUCTIONS[kernel]!] as number[], x.shape as number[]);
    return axes.length === 1 && axes[0] === x.shape.length - 1 ? 'row' : undefined;
  }

  private levelOfShape(shape: readonly number[]): Level | undefined {
    const lead = util.sizeFromShape(shape.slice(0, -1) as number[]);
    if (lead === this.count && shape.at(-1) === this.length) return 'element';
    return lead === this.count && shape.at(-1) === 1 ? 'row' : undefined;
  }

  /** Whether a loop of these rows reads the value row by row: at the same places, repeated along rows, or the same for every row. */
  private isAligned(v: Var, shape: readonly number[], level: Level): boolean {
    const own = this.levels.get(v);
    const lead = util.sizeFromShape(v.shape.slice(0, -1) as number[]);
    const last = v.shape.at(-1) ?? 1;
    if (own === 'element')
      return level === 'element' && util.arraysEqual(v.shape as number[], shape as number[]);
    const isRow = lead === this.count && last === 1 && v.shape.length === shape.length;
    if (own === 'row') return isRow;
    if (last !== 1 && (last !== this.length || level === 'row')) return false;
    return lead === 1 || (lead === this.count && v.shape.length === shape.length);
  }
}
