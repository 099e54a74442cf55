import type { Rank, Tensor } from '@tensorflow/tfjs-core';
import type { MapLeaves } from '../tree/types';
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

/** A tree as transformations return it: numbers have become tensors. */
export type Values<T> = MapLeaves<T, Tensor, number>;

/** What may be given for a tree of tensors where only shapes are checked, when it runs: numbers stand for scalars. */
export type Given<T, Leaf = Tensor | number> = 0 extends 1 & T
  ? T
  : T extends Tensor | number
    ? Leaf
    : T extends null | string | boolean | undefined | ((...args: never[]) => unknown)
      ? T
      : T extends ReadonlyMap<infer K, infer V>
        ? ReadonlyMap<K, Given<V, Leaf>>
        : T extends object
          ? { [K in keyof T]: Given<T[K], Leaf> }
          : T;

/** The m-th argument from the end. */
type FromEnd<A extends AnyArgs, M extends number, Seen extends 0[] = []> = A extends [
  ...infer Rest,
  infer Last,
]
  ? [...Seen, 0]['length'] extends M
    ? Last
    : FromEnd<Rest, M, [...Seen, 0]>
  : never;

/** The argument at a position; all of them where position or number of arguments is known only when it runs. */
type At<A extends AnyArgs, N> = number extends N | A['length']
  ? A[number]
  : `${N & number}` extends keyof A
    ? A[N & number]
    : `${N & number}` extends `-${infer M extends number}`
      ? FromEnd<Required<A>, M>
      : never;

type NoDerivative = string | boolean | bigint | symbol | undefined | ((...args: never[]) => unknown);

/** `unknown` where an argument is there and can have a derivative, else what is wrong. */
type CheckedAt<A extends AnyArgs, N> = number extends N
  ? unknown
  : [At<A, N>] extends [never]
    ? `argnums ${N & number}: there is no such argument`
    : 0 extends 1 & At<A, N>
      ? unknown
      : [At<A, N>] extends [NoDerivative]
        ? `argnums ${N & number}: this argument has no derivative`
        : unknown;

/** Makes argnums that are out of range a type error. */
export type CheckedArgnums<A extends AnyArgs, N extends Argnums> = {
  argnums?: N extends readonly number[] ? { [K in keyof N]: CheckedAt<A, N[K]> } : CheckedAt<A, N>;
};

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
