import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import type { MapLeaves } from '../tree';
import type { Argnums } from './arguments';

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyArgs = any[];

/** A loss is a number or a tensor of rank 0; ops whose rank TypeScript does not know pass too, and are checked when they run. */
export type Loss<R> = R extends number
  ? R
  : R extends Tensor
    ? Tensor<Rank> extends R
      ? R
      : R extends Tensor<Rank.R0>
        ? R
        : never
    : never;

/** The tree of derivatives with respect to a tree of tensors and numbers. */
export type Cotangents<T> = MapLeaves<T, Tensor>;

type At<A extends AnyArgs, N> = `${N & number}` extends keyof A
  ? A[N & number]
  : `${N & number}` extends `-1`
    ? A extends [...AnyArgs, infer Last]
      ? Last
      : A[number]
    : A[number];

/** The gradient's type: that of the argument, or a tuple of those of several. */
export type GradientOf<A extends AnyArgs, N extends Argnums> = N extends readonly number[]
  ? { -readonly [K in keyof N]: Cotangents<At<A, N[K]>> }
  : Cotangents<At<A, N>>;

export interface GradOptions<N extends Argnums = Argnums, Aux extends boolean = boolean> {
  /** Positions of the arguments to differentiate, 0 by default; negative ones count from the end. */
  argnums?: N;
  /** The function returns `[loss, aux]`, and aux is handed through. */
  hasAux?: Aux;
}

/** Type of a Jacobian: the output's tree, each leaf of which is the gradient's tree. */
export type JacobianOf<A extends AnyArgs, Y, N extends Argnums> = MapLeaves<Y, GradientOf<A, N>>;

/** Type of a Hessian: the Jacobian of a Jacobian. */
export type HessianOf<A extends AnyArgs, Y, N extends Argnums> = MapLeaves<
  JacobianOf<A, Y, N>,
  GradientOf<A, N>
>;
