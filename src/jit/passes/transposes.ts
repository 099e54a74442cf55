import type { Equation, Program, Var } from '../../core/program';
import type { Pass } from './pass';

/**
 * Transpositions beside a product of matrices become flags of the product, and a transposition of a transposition one:
 *
 *     op(a^T) op(b),  (op(a) op(b))^T = op(b)^T op(a)^T
 *
 * For what `makeJaxpr` shows. Replay keeps transpositions: flags cost wasm six times and cpu twice the time of a step of an MLP 784-256-10, batch 128.
 */
export const transposes: Pass = (program) => {
  const uses = countUses(program);
  const definitions = new Map<Var, Equation>();
  const equations = program.equations.map((equation) => {
    const next =
      equation.kernel === 'BatchMatMul'
        ? withFlags(equation, definitions)
        : equation.kernel === 'Transpose'
          ? withoutTranspose(equation, definitions, uses)
          : equation;
    for (const v of next.outputs) definitions.set(v, next);
    return next;
  });
  return { ...program, equations };
};

/** A product whose operands are taken from before a transposition of their last two axes. */
function withFlags(product: Equation, definitions: ReadonlyMap<Var, Equation>): Equation {
  const attrs = { ...product.attrs };
  const inputs = product.inputs.map(([name, operand]) => {
    const before = definitions.get(operand);
    if (!before || !swapsLast(before)) return [name, operand] as const;
    const flag = name === 'a' ? 'transposeA' : 'transposeB';
    attrs[flag] = !attrs[flag];
    return [name, before.inputs[0]![1]] as const;
  });
  return { ...product, attrs, inputs };
}

/** What gives the same as a transposition of a product that nothing else reads, or of a transposition. */
function withoutTranspose(
  equation: Equation,
  definitions: ReadonlyMap<Var, Equation>,
  uses: ReadonlyMap<Var, number>,
): Equation {
  const source = equation.inputs[0]![1];
  const before = definitions.get(source);
  if (before?.kernel === 'Transpose') {
    const [outer, inner] = [equation.attrs.perm as number[], before.attrs.perm as number[]];
    const perm = outer.map((axis) => inner[axis]!);
    return { ...equation, attrs: { ...equation.attrs, perm }, inputs: before.inputs };
  }
  if (before?.kernel !== 'BatchMatMul' || !swapsLast(equation) || uses.get(source) !== 1) return equation;
  const { a, b } = Object.fromEntries(before.inputs) as { a: Var; b: Var };
  if (a.shape.length !== b.shape.length) return equation;
  const { transposeA, transposeB } = before.attrs;
  return {
    ...before,
    inputs: [
      ['a', b],
      ['b', a],
    ],
    attrs: { ...before.attrs, transposeA: !transposeB, transposeB: !transposeA },
    outputs: equation.outputs,
  };
}

function swapsLast({ kernel, attrs }: Equation): boolean {
  if (kernel !== 'Transpose') return false;
  const perm = attrs.perm as number[];
  const rank = perm.length;
  return perm.every((axis, i) => axis === (i < rank - 2 ? i : 2 * rank - 3 - i));
}

function countUses({ equations, outputs }: Program): Map<Var, number> {
  const uses = new Map<Var, number>();
  const use = (v: Var): void => void uses.set(v, (uses.get(v) ?? 0) + 1);
  for (const { inputs } of equations) for (const [, v] of inputs) use(v);
  outputs.forEach(use);
  return uses;
}
