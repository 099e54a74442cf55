import { util, zeros, zerosLike } from '@tensorflow/tfjs-core';
import { describeAval } from '../core/errors';
import { toTensor } from '../core/values';
import { transposed } from '../interpreters/transposed';
import { flatten, unflatten } from '../tree';
import { argumentPath } from './arguments';
import { derivativeAt, untilDisposed } from './derivativeAt';
import type { AnyArgs, Given, Values } from './types';

/** The derivative of a function at fixed primals: linear, callable often. */
export interface LinearMap<A extends AnyArgs, Y> {
  (...tangents: { [K in keyof A]: Given<A[K]> }): Values<Y>;
  /** Frees what the linearization kept. Inside a tidy scope this happens by itself at the scope's end. */
  dispose(): void;
}

/**
 * Value of a function, and its derivative there as a linear function of the tangents: {@link jvp} with the work on primals done once.
 *
 * @returns `[y, fJvp]` with `fJvp(...tangents)` of y's structure
 * @throws TypeError where a leaf is not float or tangents differ in structure or type; RangeError where a shape differs
 * @example
 * ```ts
 * const [y, fJvp] = linearize((x: tf.Tensor) => tf.square(x), tf.scalar(3));
 * y; // 9
 * fJvp(tf.scalar(1)); // 6
 * ```
 */
export function linearize<A extends AnyArgs, Y>(
  f: (...args: A) => Y,
  ...primals: A
): [Values<Y>, LinearMap<A, Y>] {
  const { value, map } = differentiate('linearize', f, primals, false);
  return [value as Values<Y>, map as LinearMap<A, Y>];
}

/**
 * As {@link linearize}, for a function that returns `[y, aux]`: `[y, fJvp, aux]`.
 *
 * @example
 * ```ts
 * const [y, fJvp, aux] = linearizeWithAux((x: tf.Tensor) => [tf.square(x), { x }] as const, tf.scalar(3));
 * fJvp(tf.scalar(1)); // 6
 * ```
 */
export function linearizeWithAux<A extends AnyArgs, Y, X>(
  f: (...args: A) => readonly [Y, X],
  ...primals: A
): [Values<Y>, LinearMap<A, Y>, X] {
  const { value, map, aux } = differentiate('linearizeWithAux', f, primals, true);
  return [value as Values<Y>, map as LinearMap<A, Y>, aux as X];
}

function differentiate(
  transform: string,
  f: (...args: never[]) => unknown,
  args: readonly unknown[],
  hasAux: boolean,
): { value: unknown; aux: unknown; map: unknown } {
  const derivative = derivativeAt(transform, f, args, hasAux);
  const { name, value, aux, structure, primals, run } = derivative;
  const map = untilDisposed(derivative, 'linear map', (...tangents) => {
    const along = flatten(tangents);
    if (!along.structure.equals(structure)) {
      throw new TypeError(
        `${name}: tangents are inconsistent with the primals: expected ${structure}, got ${along.structure}.`,
      );
    }
    const vs = along.leaves.map((leaf, i) => {
      const v = toTensor(leaf, () => `${name}: the tangent of ${argumentPath(args, i)}`);
      const primal = primals[i]!;
      const inconsistent = (): string =>
        `${name}: the tangent of ${argumentPath(args, i)} is inconsistent with the primal: expected ${describeAval(primal)}, got ${describeAval(v)}.`;
      if (v.dtype !== primal.dtype) throw new TypeError(inconsistent());
      if (!util.arraysEqual(v.shape, [...primal.shape])) throw new RangeError(inconsistent());
      return v;
    });
    const like = run.outputs.map(({ shape, dtype }) => zeros(shape as number[], dtype));
    const dys = transposed(name, like, (cts) => run.pull(cts, false), vs);
    return unflatten(
      run.structure,
      dys.map((dy, i) => dy ?? zerosLike(like[i]!)),
    );
  });
  return { value, aux, map };
}
