import type { Program, Var } from '../../core/program';
import { dependents } from './dependence';

/** What the backward steps of a loop read, by where it comes from. */
export interface LoopResiduals {
  /** In the order in which the backward program takes them; some may be the same. */
  readonly all: readonly Var[];
  /** Inputs that are the same for every step, and xs: there already, not kept again. */
  readonly inputs: readonly Var[];
  readonly xs: readonly Var[];
  /** Computed from constants alone: computed and kept once. */
  readonly invariant: readonly Var[];
  /** The rest: kept for each step. */
  readonly stacked: readonly Var[];
}

/**
 * @param program   the forward step; its outputs from `count` on are residuals
 * @param constants how many of its inputs are the same for every step
 * @param carries   how many after these are carried
 */
export function loopResiduals(
  program: Program,
  count: number,
  constants: number,
  carries: number,
): LoopResiduals {
  const all = program.outputs.slice(count);
  const varying = dependents(program, program.inputs.slice(constants));
  const groups = { inputs: [] as Var[], xs: [] as Var[], invariant: [] as Var[], stacked: [] as Var[] };
  for (const v of new Set(all)) {
    const position = program.inputs.indexOf(v);
    if (position >= constants + carries) groups.xs.push(v);
    else if (varying.has(v)) groups.stacked.push(v);
    else (position >= 0 ? groups.inputs : groups.invariant).push(v);
  }
  return { all, ...groups };
}
