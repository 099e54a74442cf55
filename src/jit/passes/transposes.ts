import { util } from '@tensorflow/tfjs-core';
import type { Equation, Var } from '../../core/program';
import type { Pass } from './pass';
import { reshaped } from './reshaped';
import { usesOf } from './uses';

/**
 * Transpositions beside a product of matrices become flags of the product, and a transposition of a transposition one:
 *
 *     op(a^T) op(b),  (op(a) op(b))^T = op(b)^T op(a)^T
 *
 * Of a transposition that moves other axes, too, the last two are left to the flag where rows then stay whole.
 *
 * For what `makeJaxpr` shows, and where flags cost nothing. Loops on wasm and cpu keep transpositions: flags cost wasm six times and cpu twice
 * the time of a step of an MLP 784-256-10, batch 128.
 */
export const transposes: Pass = (program) => {
  const uses = usesOf(program);
  const definitions = new Map<Var, Equation>();
  const equations = program.equations.flatMap((equation) => {
    const found = isProduct(equation)
      ? withFlags(equation, definitions)
      : equation.kernel === 'Transpose'
        ? (joined(equation, definitions) ?? ofProduct(equation, definitions, uses))
        : undefined;
    const next = found ?? [equation];
    for (const made of next) for (const v of made.outputs) definitions.set(v, made);
    return next;
  });
  return { ...program, equations };
};

type Definitions = ReadonlyMap<Var, Equation>;

/** Not of complex matrices: of those TensorFlow's flag takes the conjugates. */
const isProduct = ({ kernel, outputs }: Equation): boolean =>
  kernel === 'BatchMatMul' && outputs[0]!.dtype !== 'complex64';

/** A product whose operands are taken from before a transposition of their last two axes. */
function withFlags(product: Equation, definitions: Definitions): Equation[] {
  const attrs = { ...product.attrs };
  const before: Equation[] = [];
  const inputs = product.inputs.map(([name, operand]) => {
    const found = turned(operand, definitions);
    if (!found) return [name, operand] as const;
    const flag = name === 'a' ? 'transposeA' : 'transposeB';
    attrs[flag] = !attrs[flag];
    before.push(...found.equations);
    return [name, found.value] as const;
  });
  return [...before, { ...product, attrs, inputs }];
}

/** Stacks of matrices with rows in place of columns, where these are at least as near. */
function turned(v: Var, definitions: Definitions): { equations: Equation[]; value: Var } | undefined {
  const made = definitions.get(v);
  if (made?.kernel === 'Reshape' && keepsMatrices(made)) {
    const inner = turned(made.inputs[0]![1], definitions);
    if (!inner) return undefined;
    const value: Var = { shape: swapped(v.shape), dtype: v.dtype };
    return { equations: [...inner.equations, reshaped(inner.value, value)], value };
  }
  if (made?.kernel !== 'Transpose') return undefined;
  if (swapsLast(made)) return { equations: [], value: made.inputs[0]![1] };
  const perm = swapped(made.attrs.perm as number[]);
  if (perm.at(-1) !== perm.length - 1) return undefined;
  const value: Var = { shape: swapped(v.shape), dtype: v.dtype };
  return { equations: [{ ...made, attrs: { ...made.attrs, perm }, outputs: [value] }], value };
}

/** A transposition of a transposition. */
function joined(equation: Equation, definitions: Definitions): Equation[] | undefined {
  const before = definitions.get(equation.inputs[0]![1]);
  if (before?.kernel !== 'Transpose') return undefined;
  const [outer, inner] = [equation.attrs.perm as number[], before.attrs.perm as number[]];
  const perm = outer.map((axis) => inner[axis]!);
  return [{ ...equation, attrs: { ...equation.attrs, perm }, inputs: before.inputs }];
}

/** What gives the same as a transposition of a product that nothing else reads, at most reshaped between. */
function ofProduct(
  equation: Equation,
  definitions: Definitions,
  uses: ReadonlyMap<Var, number>,
): Equation[] | undefined {
  const sole = (v: Var): Equation | undefined => (uses.get(v) === 1 ? definitions.get(v) : undefined);
  const source = equation.inputs[0]![1];
  const perm = equation.attrs.perm as number[];
  const rank = perm.length;
  if (perm.at(-1) !== rank - 2) return undefined;
  const made = sole(source);
  const reshape = made?.kernel === 'Reshape' && keepsMatrices(made) ? made : undefined;
  const product = reshape ? sole(reshape.inputs[0]![1]) : made;
  if (!product || !isProduct(product)) return undefined;
  const { a, b } = Object.fromEntries(product.inputs) as { a: Var; b: Var };
  if (a.shape.length !== b.shape.length) return undefined;
  const { transposeA, transposeB } = product.attrs;
  const [output] = product.outputs as [Var];
  let value: Var = { shape: swapped(output.shape), dtype: output.dtype };
  const equations: Equation[] = [
    {
      ...product,
      inputs: [
        ['a', b],
        ['b', a],
      ],
      attrs: { ...product.attrs, transposeA: !transposeB, transposeB: !transposeA },
      outputs: [value],
    },
  ];
  if (reshape) {
    const matrices = value;
    value = { shape: swapped(source.shape), dtype: source.dtype };
    equations.push(reshaped(matrices, value));
  }
  // The last two axes have changed places.
  const rest = perm.map((axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return [...equations, { ...equation, attrs: { ...equation.attrs, perm: rest }, inputs: [['x', value]] }];
}

/** Whether a reshape leaves the last two axes as they are. */
function keepsMatrices({ inputs, outputs }: Equation): boolean {
  const [from, to] = [inputs[0]![1].shape, outputs[0]!.shape];
  return from.length > 1 && to.length > 1 && util.arraysEqual(from.slice(-2), to.slice(-2));
}

/** With the last two changed. */
const swapped = (xs: readonly number[]): number[] => [...xs.slice(0, -2), xs.at(-1)!, xs.at(-2)!];

const swapsLast = ({ attrs }: Equation): boolean =>
  swapped(attrs.perm as number[]).every((axis, i) => axis === i);
