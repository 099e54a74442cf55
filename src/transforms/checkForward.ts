import type { Tensor } from '@tensorflow/tfjs-core';
import { describeAval } from '../core/errors';
import type { Aval } from '../core/rule';
import { capture } from '../jit/capture';
import type { TreeDef } from '../tree';
import { flattenOutput, outputPath } from './output';

/**
 * Compares what the fwd of a `customVjp` returned with what the function itself would: it is run without values. One that can't be, because
 * it reads values or draws random numbers, is not compared.
 *
 * @param f      the function on the arguments' leaves
 * @param inputs these leaves
 * @throws TypeError where the trees or types differ; RangeError where shapes do
 */
export function checkForward(
  name: string,
  f: (leaves: Tensor[]) => unknown,
  inputs: readonly Aval[],
  output: unknown,
  found: { structure: TreeDef; leaves: readonly Aval[] },
): void {
  const expected = shapesOf(name, f, inputs);
  if (!expected) return;
  if (!found.structure.equals(expected.structure)) {
    throw new TypeError(
      `${name}: fwd must return [output, residuals] with an output like the function's, ` +
        `got ${String(found.structure)} where that is ${String(expected.structure)}.`,
    );
  }
  found.leaves.forEach((leaf, i) => {
    const [is, should] = [describeAval(leaf), describeAval(expected.leaves[i]!)];
    if (is === should) return;
    const ErrorClass = leaf.dtype === expected.leaves[i]!.dtype ? RangeError : TypeError;
    throw new ErrorClass(
      `${name}: fwd: ${outputPath(output, i)} is ${is}, but the function's output there is ${should}.`,
    );
  });
}

function shapesOf(
  name: string,
  f: (leaves: Tensor[]) => unknown,
  inputs: readonly Aval[],
): { structure: TreeDef; leaves: readonly Aval[] } | undefined {
  let structure!: TreeDef;
  try {
    const captured = capture(
      name,
      inputs,
      (tracers) => {
        const y = flattenOutput(name, f(tracers));
        structure = y.structure;
        return y.leaves;
      },
      { all: true },
    );
    captured.dispose();
    return { structure, leaves: captured.program.outputs };
  } catch {
    return undefined;
  }
}
