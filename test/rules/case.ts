import type { Tensor } from '@tensorflow/tfjs-core';
import { effort } from '../support/runs';

/** One argument of a case: numbers drawn from `range`, or exact values. */
export interface Arg {
  shape: number[];
  /** Uniform range of the values; [-2, 2] if absent. Choose it so that finite differences stay clear of kinks and poles. */
  range?: [number, number];
  /** Exact values instead of drawn ones (indices, ties). */
  values?: number[];
  dtype?: 'float32' | 'int32' | 'bool';
  /** Draw distinct, well separated values (max, sort, top k): neighbours differ by at least 0.1. */
  distinct?: boolean;
}

/**
 * A call of a tf op that exercises the rules of one kernel. The battery in battery.test.ts runs every case through
 * finite differences at first and second order, forward mode against reverse mode, vmap against a loop,
 * and abstract shapes against real ones, on each backend.
 */
export interface RuleCase {
  /** Kernel whose rules the case is about. */
  kernel: string;
  /** What is special about it: 'stride 2, same', 'broadcast [2,1] with [3]'. */
  name: string;
  args: Arg[];
  // Cases pass tensors of any rank to ops that name one.

  f: (...args: any[]) => Tensor | Tensor[];
  /** Constant by nature: the battery checks that the derivative is exactly zero. */
  constant?: true;
  /** Second derivative is checked too unless this says why not. */
  noSecondOrder?: string;
  /** Backends that have no kernel for it, even through decomposition, and why. */
  missing?: Partial<Record<string, string>>;
  /** The batching rule falls back to the loop by design, with the reason. */
  loops?: string;
}

/** The first cases of each kernel. */
function firstOfEach(cases: RuleCase[], most: number): RuleCase[] {
  const seen = new Map<string, number>();
  return cases.filter(({ kernel }) => {
    const count = (seen.get(kernel) ?? 0) + 1;
    seen.set(kernel, count);
    return count <= most;
  });
}

/** What runs on the backend in use, and what of it to second order: see `effort`. */
export function sampled(cases: RuleCase[]): { run: RuleCase[]; twice: Set<RuleCase> } {
  const { cases: most, twice } = effort();
  return { run: firstOfEach(cases, most), twice: new Set(firstOfEach(cases, twice)) };
}
