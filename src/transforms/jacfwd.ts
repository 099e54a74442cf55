import { checkDerivative, label, type Argnums } from './arguments';
import { byPushForward, jacobian } from './jacobian';
import type { AnyArgs, CheckedArgnums, GradOptions, JacobianOf } from './types';

/**
 * Jacobian by forward mode: one batched push-forward, so right for functions with few inputs. Result and options as for {@link jacrev}.
 *
 * @example
 * ```ts
 * jacfwd((x: tf.Tensor) => tf.square(x))(tf.tensor1d([1, 2])); // [[2, 0], [0, 4]]
 * ```
 */
export function jacfwd<A extends AnyArgs, Y, X, const N extends Argnums = 0>(
  f: (...args: A) => readonly [Y, X],
  options: GradOptions<N, true> & { hasAux: true } & CheckedArgnums<A, N>,
): (...args: A) => [JacobianOf<A, Y, N>, X];
export function jacfwd<A extends AnyArgs, Y, const N extends Argnums = 0>(
  f: (...args: A) => Y,
  options?: GradOptions<N, false> & CheckedArgnums<A, N>,
): (...args: A) => JacobianOf<A, Y, N>;
export function jacfwd(
  f: (...args: never[]) => unknown,
  options: GradOptions = {},
): (...args: unknown[]) => unknown {
  const { argnums, hasAux } = checkDerivative('jacfwd', f, options);
  const name = label('jacfwd', f);
  return (...args) => jacobian('jacfwd', name, f, args, argnums, hasAux, byPushForward);
}
