import { scalar, util, type Tensor } from '@tensorflow/tfjs-core';
import { engine, withScope } from './engine';
import { runKernel } from './kernel';
import { findKernel } from './ownKernels';
import { defineRule, type Aval, type Rule } from './rule';

/** Of public tf ops, on leaves of one shape and scalars behind them; several results of that shape. */
export type Elementwise = (...operands: Tensor[]) => Tensor[];

/**
 * The primitive that a function with a name is on backends that have one op for it, which a capture writes down as it is:
 * jit/tensorflow/adam.ts has one.
 */
export const namedPass = (name: string): string => `TractOnePass${name}`;

/** Attributes of the primitive 'TractOnePass' and of named ones. Their inputs are the leaves of the first tree, of the second and so on, then scalars that are tensors. */
export interface OnePassAttrs {
  readonly f: Elementwise;
  /** Leaves of a tree. */
  readonly count: number;
  readonly trees: number;
  /** Null for those that are tensors. */
  readonly scalars: readonly (number | null)[];
}

/** What f is called with for each leaf. */
export function callsOf<T, S>(
  inputs: readonly T[],
  { count, trees, scalars }: OnePassAttrs,
  asScalar: (value: T | number) => S,
): (T | S)[][] {
  let next = count * trees;
  const given = scalars.map((value) => asScalar(value ?? inputs[next++]!));
  return Array.from({ length: count }, (_, i) => [
    ...Array.from({ length: trees }, (_, k) => inputs[k * count + i]!),
    ...given,
  ]);
}

/** The results of each leaf as the leaves of each result. */
export const transposed = <T>(results: readonly T[][]): T[] =>
  results[0]!.flatMap((_, k) => results.map((r) => r[k]!));

const scoped = (body: () => Tensor[]): Tensor[] => withScope('onePass', body, (ys) => ys);

const decompose = (inputs: Tensor[], given: object): Tensor[] => {
  const attrs = given as OnePassAttrs;
  const { f } = attrs;
  return scoped(() => {
    const calls = callsOf(inputs, attrs, (value) => (typeof value === 'number' ? scalar(value) : value));
    return transposed(calls.map((operands) => scoped(() => f(...operands))));
  });
};

/** A native tape has to see kernels that it knows. */
const broken = (): boolean => engine().isTapeOn();

defineRule('TractOnePass', { decompose, broken });

/** For leaves that each have one shape in all trees, and scalars of rank 0, all of them floats. */
const namedRule = (outputs: number): Rule => ({
  decompose,
  broken: (_, inputs: Aval[], attrs) => {
    const { count, trees } = attrs as OnePassAttrs;
    const shapeOf = (i: number): readonly number[] => (i < count * trees ? inputs[i % count]!.shape : []);
    const isPlain = ({ dtype, shape }: Aval, i: number): boolean =>
      dtype === 'float32' && util.arraysEqual(shape as number[], shapeOf(i) as number[]);
    return broken() || !inputs.every(isPlain);
  },
  shape: ({ inputs, attrs }) =>
    Array.from({ length: outputs * (attrs as OnePassAttrs).count }, (_, i) => ({
      shape: inputs[i % (attrs as OnePassAttrs).count]!.shape,
      dtype: 'float32',
    })),
});

/**
 * An elementwise function of several trees' leaves, as one pass over each leaf where nothing but its values is asked for and jit's loops are
 * there (see jit/onePass.ts). Under a transformation or a native tape it is f itself.
 *
 * @param outputs how many tensors f returns
 * @param f       no op may be on scalars alone, unless the leaves are scalars too
 * @param name    see {@link namedPass}
 */
/* @__NO_SIDE_EFFECTS__ */
export function onePass(
  outputs: number,
  f: Elementwise,
  name?: string,
): (trees: readonly (readonly Tensor[])[], scalars?: readonly (Tensor | number)[]) => Tensor[][] {
  const named = name && namedPass(name);
  if (named) defineRule(named, namedRule(outputs));
  return (trees, scalars = []) => {
    const count = trees[0]!.length;
    const attrs: OnePassAttrs = {
      f,
      count,
      trees: trees.length,
      scalars: scalars.map((value) => (typeof value === 'number' ? value : null)),
    };
    const inputs = [...trees.flat(), ...scalars.filter((value) => typeof value !== 'number')];
    const kernel = named && findKernel(named, engine().backendName) ? named : 'TractOnePass';
    const results = count === 0 ? [] : runKernel<Tensor[]>(kernel, inputs, { ...attrs });
    return Array.from({ length: outputs }, (_, k) => results.slice(k * count, (k + 1) * count));
  };
}
