import { checkDerivative, label, type Argnums } from './arguments';
import { byPullback, jacobian } from './jacobian';
import type { AnyArgs, CheckedArgnums, GradOptions, JacobianOf } from './types';

/**
 * Jacobian by reverse mode: one batched pullback, so right for functions with few outputs.
 *
 * @param f maps pytrees to a pytree of float tensors of any shapes
 * @param options as for {@link grad}
 * @returns a function of the same arguments; its result has the output's structure, each leaf of which is a tree like the argument whose leaves
 *   have shape `[...output, ...input]`
 * @throws TypeError where a leaf is not float; RangeError where argnums are out of range
 * @example
 * ```ts
 * jacrev((x: tf.Tensor) => tf.square(x))(tf.tensor1d([1, 2])); // [[2, 0], [0, 4]]
 * ```
 */
export function jacrev<A extends AnyArgs, Y, X, const N extends Argnums = 0>(
  f: (...args: A) => readonly [Y, X],
  options: GradOptions<N, true> & { hasAux: true } & CheckedArgnums<A, N>,
): (...args: A) => [JacobianOf<A, Y, N>, X];
export function jacrev<A extends AnyArgs, Y, const N extends Argnums = 0>(
  f: (...args: A) => Y,
  options?: GradOptions<N, false> & CheckedArgnums<A, N>,
): (...args: A) => JacobianOf<A, Y, N>;
export function jacrev(
  f: (...args: never[]) => unknown,
  options: GradOptions = {},
): (...args: unknown[]) => unknown {
  const { argnums, hasAux } = checkDerivative('jacrev', f, options);
  const name = label('jacrev', f);
  return (...args) => jacobian('jacrev', name, f, args, argnums, hasAux, byPullback);
}
