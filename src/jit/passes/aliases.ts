import type { Equation, Var } from '../../core/program';
import { Renaming, sameAval, type Pass } from './pass';

// Kernels that change nothing when shape and type stay.
const IDENTITIES = new Set([
  'Identity',
  'Cast',
  'Reshape',
  'Tile',
  'Transpose',
  'Slice',
  'PadV2',
  'ExpandDims',
  'BroadcastTo',
]);

/** Removes equations that only rename a value, and collapses chains of reshapes and of transposes. */
export const aliases: Pass = (program) => {
  const renaming = new Renaming();
  const definitions = new Map<Var, Equation>();
  const equations: Equation[] = [];
  for (const original of program.equations) {
    let equation = renaming.inputsOf(original);
    const input = equation.inputs[0]?.[1];
    const output = equation.outputs[0]!;
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

function isIdentity({ kernel, attrs }: Equation): boolean {
  if (kernel === 'Transpose') return (attrs.perm as number[]).every((axis, i) => axis === i);
  return true;
}
