import type { Equation, Var } from '../../core/program';
import type { Pass } from './pass';
import { reshaped } from './reshaped';

/**
 * A product of a column and a row of matrices is one of their elements, which joins a loop: x^T g of one example, say.
 *
 * For replay, after all derivatives: `tract` looks for products of matrices.
 */
export const outerProducts: Pass = (program) => ({
  ...program,
  equations: program.equations.flatMap((equation) => apart(equation) ?? [equation]),
});

function apart({ kernel, inputs, attrs, outputs: [output] }: Equation): Equation[] | undefined {
  if (kernel !== 'BatchMatMul' || output!.dtype !== 'float32') return undefined;
  const { a, b } = Object.fromEntries(inputs) as Record<'a' | 'b', Var>;
  if (a.shape.at(attrs.transposeA ? -2 : -1) !== 1) return undefined;
  const reshapes: Equation[] = [];
  const turned = (v: Var, isTurned: boolean): Var => {
    if (!isTurned) return v;
    const [n, m] = v.shape.slice(-2) as [number, number];
    const y: Var = { shape: [...v.shape.slice(0, -2), m, n], dtype: v.dtype };
    reshapes.push(reshaped(v, y));
    return y;
  };
  const operands = [
    ['a', turned(a, attrs.transposeA)],
    ['b', turned(b, attrs.transposeB)],
  ] as const;
  return [
    ...reshapes,
    { kernel: 'Multiply', inputs: operands, list: false, attrs: {}, outputs: [output!], many: false },
  ];
}
