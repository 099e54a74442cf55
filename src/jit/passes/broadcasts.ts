import { util } from '@tensorflow/tfjs-core';
import type { Equation, Var } from '../../core/program';
import type { Pass } from './pass';

/** Kernels of two operands, of which either is repeated along axes of length one. */
const REPEATING = new Set(['Add', 'Sub', 'Multiply', 'RealDiv', 'Maximum', 'Minimum']);

/**
 * Repeats no value to the shape of what it is combined with, which the kernel does that combines them; numbers and values of its own shape are
 * combined with it before.
 */
export const broadcasts: Pass = (program) => {
  /** Of repeated values what they repeat. */
  const once = new Map<Var, Var>();
  const equations = program.equations.flatMap((equation): Equation[] => {
    const { kernel, inputs, outputs } = equation;
    const output = outputs[0]!;
    if (kernel === 'Tile' && repeatsOnes(equation)) once.set(output, inputs[0]![1]);
    if (!REPEATING.has(kernel)) return [equation];
    const repeated = inputs.find(([, v]) => once.has(v));
    if (!repeated) return [equation];
    const { shape } = once.get(repeated[1])!;
    const small = inputs.map(([name, v]) => [name, once.get(v) ?? v] as const);
    if (small.every(([, v]) => v.shape.length === 0 || hasShape(v, shape))) {
      const combined = { shape, dtype: output.dtype };
      once.set(output, combined);
      return [{ ...equation, inputs: small, outputs: [combined] }, equation];
    }
    const isWhole = inputs.some((input) => input !== repeated && hasShape(input[1], output.shape));
    return [
      isWhole
        ? { ...equation, inputs: inputs.map((input, i) => (input === repeated ? small[i]! : input)) }
        : equation,
    ];
  });
  return { ...program, equations };
};

function repeatsOnes({ attrs, inputs }: Equation): boolean {
  const reps = attrs.reps as number[];
  const { shape } = inputs[0]![1];
  return shape.length === reps.length && reps.every((n, axis) => n === 1 || shape[axis] === 1);
}

const hasShape = (v: Var, shape: readonly number[]): boolean =>
  util.arraysEqual(v.shape as number[], shape as number[]);
