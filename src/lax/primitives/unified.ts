import type { Program, Var } from '../../core/program';
import type { Opened } from './open';
import type { Tensor } from '@tensorflow/tfjs-core';

/** Programs with constants of their own, made to take the same inputs: the constants of all, then the rest. */
export function unified(opened: readonly Opened[]): { programs: Program[]; constants: Tensor[] } {
  const copies = (list: readonly Var[]): Var[] => list.map(({ shape, dtype }) => ({ shape, dtype }));
  const own = opened.map(({ program, constants }) => program.inputs.slice(0, constants.length));
  return {
    programs: opened.map(({ program, constants }, i) => ({
      ...program,
      inputs: [
        ...own.flatMap((vars, k) => (k === i ? vars : copies(vars))),
        ...program.inputs.slice(constants.length),
      ],
    })),
    constants: opened.flatMap(({ constants }) => constants),
  };
}
