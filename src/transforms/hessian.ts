import { checkDerivative, label, type Argnums } from './arguments';
import { byPullback, byPushForward, jacobian } from './jacobian';
import type { AnyArgs, CheckedArgnums, GradOptions, HessianOf } from './types';

/**
 * Hessian of a scalar-valued function: forward over reverse.
 *
 * @param f maps pytrees to a float scalar (or a pytree, for one Hessian per output)
 * @param options as for {@link grad}
 * @returns a function of the same arguments; its result nests the argument's structure twice, leaves have shape `[...input, ...input]`
 * @example
 * ```ts
 * hessian((x: tf.Tensor) => tf.sum(tf.pow(x, 3)))(tf.tensor1d([1, 2])); // [[6, 0], [0, 12]]
 * ```
 */
export function hessian<A extends AnyArgs, Y, X, const N extends Argnums = 0>(
  f: (...args: A) => readonly [Y, X],
  options: GradOptions<N, true> & { hasAux: true } & CheckedArgnums<A, N>,
): (...args: A) => [HessianOf<A, Y, N>, X];
export function hessian<A extends AnyArgs, Y, const N extends Argnums = 0>(
  f: (...args: A) => Y,
  options?: GradOptions<N, false> & CheckedArgnums<A, N>,
): (...args: A) => HessianOf<A, Y, N>;
export function hessian(
  f: (...args: never[]) => unknown,
  options: GradOptions = {},
): (...args: unknown[]) => unknown {
  const { argnums, hasAux } = checkDerivative('hessian', f, options);
  const name = label('hessian', f);
  const rows = (...args: unknown[]): unknown =>
    jacobian('hessian', name, f, args, argnums, hasAux, byPullback);
  return (...args) => jacobian('hessian', name, rows, args, argnums, hasAux, byPushForward);
}
