import { util } from '@tensorflow/tfjs-core';
import { sameAval, type Equation, type Var } from '../../core/program';
import { BLOCK_SLICE } from '../../rules/shape/blockSlice';
import { Renaming, type Pass } from './pass';

// Kernels that change nothing when shape and type stay.
const IDENTITIES = new Set([
  'Identity',
  'Cast',
  'Reshape',
  'Tile',
  'Transpose',
  'Slice',
  BLOCK_SLICE,
  'PadV2',
  'ExpandDims',
  'BroadcastTo',
]);

/** Of one element each they give it back. */
const REDUCTIONS = new Set(['Sum', 'Mean', 'Max', 'Min', 'Prod']);

/** Removes equations that only rename a value, and collapses chains of reshapes. */
export const aliases: Pass = (program) => {
  const renaming = new Renaming();
  const definitions = new Map<Var, Equation>();
  const equations: Equation[] = [];
  for (const original of program.equations) {
    let equation = renaming.inputsOf(original);
    const input = equation.inputs[0]?.[1];
    const output = equation.outputs[0]!;
    if (input && (movesOnlyOnes(equation, input) || reducesOnlyOnes(equation, input)))
      equation = { ...equation, kernel: 'Reshape', attrs: { shape: [...output.shape] } };
    if (input && equation.kernel === 'Reshape') {
      const before = definitions.get(input);
      if (before?.kernel === 'Reshape') equation = { ...equation, inputs: before.inputs };
    }
    const source = equation.inputs[0]?.[1];
    if (source && IDENTITIES.has(equation.kernel) && sameAval(source, output) && isIdentity(equation)) {
      renaming.set(output, source);
      continue;
    }
    definitions.set(output, equation);
    equations.push(equation);
  }
  return { ...program, equations, outputs: program.outputs.map((v) => renaming.get(v)) };
};

/** Whether a transposition leaves the axes longer than one in their order: then it is a reshape, which moves nothing. */
function movesOnlyOnes({ kernel, attrs }: Equation, { shape, dtype }: Var): boolean {
  if (kernel !== 'Transpose' || dtype === 'complex64') return false;
  const long = (attrs.perm as number[]).filter((axis) => shape[axis] !== 1);
  return long.every((axis, i) => i === 0 || axis > long[i - 1]!);
}

function reducesOnlyOnes({ kernel, outputs: [output] }: Equation, { shape, dtype }: Var): boolean {
  const isLong = (n: number): boolean => n !== 1;
  return (
    REDUCTIONS.has(kernel) &&
    dtype === output!.dtype &&
    dtype !== 'complex64' &&
    util.arraysEqual(shape.filter(isLong), output!.shape.filter(isLong))
  );
}

function isIdentity({ kernel, attrs }: Equation): boolean {
  if (kernel === 'Transpose') return (attrs.perm as number[]).every((axis, i) => axis === i);
  return true;
}
