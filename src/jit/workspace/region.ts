import { util } from '@tensorflow/tfjs-core';
import { inWorkspace, type Form } from '../../core/inPlace';
import type { Equation, Program, Var } from '../../core/program';
import { ruleOf } from '../../core/rule';
import { grouped } from '../passes/grouped';
import type { Pass } from '../passes/pass';
import { VIEWS } from '../views';
import { layoutOf } from './layout';

/** Calls that run one after the other on values in a workspace: what a 'TractRegion' equation carries. */
export interface Region {
  readonly calls: readonly Equation[];
}

export const REGION = 'TractRegion';

/** Whether a call changes nothing but the shape. */
export const isView = ({ kernel }: Equation): boolean => VIEWS.has(kernel);

/** A kernel of our own for a call of the backend's, and for our own. */
export const inPlaceOf = ({ kernel, inputs, attrs }: Equation): Form | undefined =>
  inWorkspace(kernel, Object.fromEntries(inputs), attrs);

/** More would take a good part of what a page may have. */
const MOST_BYTES = 2 ** 30;

const TYPES = new Set<string>(['float32', 'int32', 'bool']);

/** Makes regions of calls that follow each other, for a backend whose values are JavaScript's own arrays. */
export const regions =
  (backendName: string): Pass =>
  (program) => {
    const equations: Equation[] = [];
    let calls: Equation[] = [];
    let made = new Set<Var>();
    const flush = (): void => {
      // What begins or ends with the backend's kernels is no worse off outside.
      const first = calls.findIndex(isOurs);
      const last = calls.findLastIndex(isOurs);
      equations.push(...calls.slice(0, Math.max(first, 0)));
      if (first >= 0) equations.push(...regionOf(calls.slice(first, last + 1), program));
      equations.push(...calls.slice(last + 1));
      calls = [];
      made = new Set();
    };
    for (const equation of program.equations) {
      const { inputs, outputs, kernel, attrs } = equation;
      const all = [...inputs.map(([, v]) => v), ...outputs];
      const isFree = !inputs.some(([, v]) => made.has(v));
      if (ruleOf(kernel)?.bind?.(attrs, backendName) || !all.every(({ dtype }) => TYPES.has(dtype))) {
        // What reads nothing of the region may come before it.
        if (!isFree) flush();
        equations.push(equation);
      } else if (isFree && !isOurs(equation)) equations.push(equation);
      else {
        calls.push(equation);
        for (const v of outputs) made.add(v);
      }
    }
    flush();
    return { ...program, equations };
  };

/** Whether a call is computed in the workspace, where the backend's kernels just read and write. */
const isOurs = (equation: Equation): boolean =>
  equation.kernel === 'TractLoop' || inPlaceOf(equation) !== undefined;

function regionOf(calls: readonly Equation[], program: Program): readonly Equation[] {
  if (calls.filter(isOurs).length < 2 && !calls.some(inPlaceOf)) return calls;
  const region: Region = { calls };
  const equation: Equation = { ...grouped(REGION, calls, program), attrs: { region } };
  return layoutOf(equation).bytes <= MOST_BYTES ? [equation] : calls;
}

export const sizeOf = ({ shape }: Var): number => util.sizeFromShape(shape as number[]);
