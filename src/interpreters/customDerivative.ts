import { sum, zeros, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule, type Augmented, type Batching, type MapExamples } from '../core/rule';

/** A function on lists of tensors whose derivative is given, not derived: what the primitive 'CustomDerivative' carries. */
export type CustomDerivative = (Parts & Dense) | SparseDerivative;

/** One whose `backward` takes null for some cotangents. */
export type SparseDerivative = Parts & Sparse;

interface Parts {
  /** How messages name it. */
  readonly name: string;
  primal(inputs: Tensor[]): Tensor[];
  /** Outputs, and what `backward` needs. */
  forward(inputs: Tensor[]): { outputs: Tensor[]; residuals: Tensor[] };
  /** Tangents of the outputs (null: zero). Absent: forward mode is refused. */
  pushForward?(
    inputs: Tensor[],
    tangents: (Tensor | null)[],
  ): { outputs: Tensor[]; tangents: (Tensor | null)[] };
}

/** A cotangent for each input (null: zero), from those of the outputs; only those that are wanted count. */
type Backward<Ct> = (residuals: Tensor[], cts: Ct[], wanted: readonly boolean[]) => (Tensor | null)[];

interface Dense {
  readonly sparse?: undefined;
  readonly backward: Backward<Tensor>;
}

interface Sparse {
  /** Of outputs, whether `backward` takes null for a cotangent that is zero; for others it is given zeros. */
  readonly sparse: readonly boolean[];
  readonly backward: Backward<Tensor | null>;
}

/** Calls it, as one step of whatever transformations run. */
export function callCustomDerivative(call: CustomDerivative, inputs: Tensor[]): Tensor[] {
  return runKernel<Tensor[]>('CustomDerivative', inputs, { call });
}

defineRule('CustomDerivative', {
  polyfill: (inputs: Tensor[], { call }) => (call as CustomDerivative).primal(inputs),
  differentiate: (inputs, { call }, wanted): Augmented => {
    const { forward, backward, sparse } = call as CustomDerivative;
    const { outputs, residuals } = forward(inputs);
    const shapes = outputs.map(({ shape }) => shape);
    return {
      outputs,
      residuals,
      pullback: (kept, cts) =>
        backward(
          kept,
          // Tensors for all outputs where none is sparse.
          cts.map((ct, i) => (ct || sparse?.[i] ? ct : zeros(shapes[i]!))) as Tensor[],
          wanted,
        ),
    };
  },
  pushForward: (inputs, tangents, { call }) => {
    const { name, pushForward } = call as CustomDerivative;
    if (!pushForward)
      throw new TypeError(`can't apply forward-mode differentiation (jvp) to a customVjp function: ${name}.`);
    return pushForward(inputs, tangents);
  },
  shape: ({ inputs, attrs, infer }) => infer((attrs.call as CustomDerivative).primal, Object.values(inputs)),
});

/** The function on whole batches: each of its parts mapped. */
function batchedDerivative(
  call: CustomDerivative,
  size: number,
  mapped: readonly boolean[],
  map: MapExamples,
): CustomDerivative {
  const { name, primal, forward, backward, pushForward } = call;
  const all = (list: readonly unknown[]): boolean[] => list.map(() => true);
  let count = 0;
  return {
    name,
    primal: (xs) => map(name, size, xs, mapped, (examples) => primal(examples as Tensor[])),
    forward: (xs) => {
      const results = map(name, size, xs, mapped, (examples) => {
        const { outputs, residuals } = forward(examples as Tensor[]);
        count = outputs.length;
        return [...outputs, ...residuals];
      });
      return { outputs: results.slice(0, count), residuals: results.slice(count) };
    },
    backward: (residuals, cts, wanted) => {
      const present: boolean[] = [];
      const found = map(name, size, [...residuals, ...cts], all([...residuals, ...cts]), (examples) => {
        const list = backward(
          examples.slice(0, residuals.length) as Tensor[],
          examples.slice(residuals.length) as Tensor[],
          wanted,
        );
        list.forEach((ct, i) => (present[i] = ct !== null && wanted[i] === true));
        return list.filter((_, i) => present[i]) as Tensor[];
      });
      return mapped.map((isMapped, i) => {
        if (!present[i]) return null;
        const ct = found.shift()!;
        // An input that all examples share collects from all of them.
        return isMapped ? ct : sum(ct, 0);
      });
    },
    ...(pushForward && {
      pushForward: (xs: Tensor[], tangents: (Tensor | null)[]) => {
        const moving = tangents.flatMap((t, i) => (t ? [i] : []));
        const results = map(
          name,
          size,
          [...xs, ...moving.map((i) => tangents[i])],
          [...mapped, ...moving.map((i) => mapped[i]!)],
          (examples) => {
            const along: (Tensor | null)[] = tangents.map(() => null);
            moving.forEach((i, k) => (along[i] = examples[xs.length + k] as Tensor));
            const moved = pushForward(examples.slice(0, xs.length) as Tensor[], along);
            count = moved.outputs.length;
            return [...moved.outputs, ...moved.tangents.map((t, i) => t ?? zerosLike(moved.outputs[i]!))];
          },
        );
        return { outputs: results.slice(0, count), tangents: results.slice(count) };
      },
    }),
  };
}

/** As in rules/batching.ts. */
export const batching: Batching = () => ({
  CustomDerivative: ({ inputs, size, attrs, map }) => {
    const list = Object.values(inputs);
    const mapped = list.map(({ batched }) => batched);
    return callCustomDerivative(
      batchedDerivative(attrs.call as CustomDerivative, size, mapped, map),
      list.map(({ value }) => value),
    );
  },
});
