import { scalar, type Tensor } from '@tensorflow/tfjs-core';
import { engine, withScope } from './engine';
import { runKernel } from './kernel';
import { defineRule } from './rule';

/** Of public tf ops, on leaves of one shape and scalars behind them; several results of that shape. */
export type Elementwise = (...operands: Tensor[]) => Tensor[];

/** Attributes of the primitive 'TractOnePass'. Its inputs are the leaves of the first tree, of the second and so on, then scalars that are tensors. */
export interface OnePassAttrs {
  readonly f: Elementwise;
  /** What computes the same on a backend that has no loops of ours, by a name that it knows. */
  readonly native: string | undefined;
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

defineRule('TractOnePass', {
  decompose: (inputs: Tensor[], given) => {
    const attrs = given as OnePassAttrs;
    const { f } = attrs;
    return scoped(() => {
      const calls = callsOf(inputs, attrs, (value) => (typeof value === 'number' ? scalar(value) : value));
      return transposed(calls.map((operands) => scoped(() => f(...operands))));
    });
  },
  // A native tape has to see kernels that it knows.
  broken: () => engine().isTapeOn(),
});

/**
 * An elementwise function of several trees' leaves, as one pass over each leaf where nothing but its values is asked for and jit's loops are
 * there (see jit/onePass.ts). Under a transformation or a native tape it is f itself.
 *
 * @param outputs how many tensors f returns
 * @param f       no op may be on scalars alone, unless the leaves are scalars too
 * @param native  name under which a backend without such loops may know it
 */
export function onePass(
  outputs: number,
  f: Elementwise,
  native?: string,
): (trees: readonly (readonly Tensor[])[], scalars?: readonly (Tensor | number)[]) => Tensor[][] {
  return (trees, scalars = []) => {
    const count = trees[0]!.length;
    const attrs: OnePassAttrs = {
      f,
      native,
      count,
      trees: trees.length,
      scalars: scalars.map((value) => (typeof value === 'number' ? value : null)),
    };
    const inputs = [...trees.flat(), ...scalars.filter((value) => typeof value !== 'number')];
    const results = count === 0 ? [] : runKernel<Tensor[]>('TractOnePass', inputs, { ...attrs });
    return Array.from({ length: outputs }, (_, k) => results.slice(k * count, (k + 1) * count));
  };
}
