import type { Tensor } from '@tensorflow/tfjs-core';
import { checkDerivative, type Argnums } from './arguments';
import { gradient } from './gradient';
import type { AnyArgs, CheckedArgnums, GradientOf, GradOptions, Loss } from './types';

/**
 * Value and gradient of a scalar-valued function in one pass: `[value, gradient]`, or `[[value, aux], gradient]` with `hasAux`.
 * Arguments, options and errors are those of {@link grad}.
 *
 * @example
 * ```ts
 * const [loss, g] = valueAndGrad((w: tf.Tensor) => tf.sum(tf.square(w)))(tf.tensor1d([1, 2])); // 5, [2, 4]
 * ```
 */
export function valueAndGrad<A extends AnyArgs, R, X, const N extends Argnums = 0>(
  f: (...args: A) => [Loss<R>, X],
  options: GradOptions<N, true> & { hasAux: true } & CheckedArgnums<A, N>,
): (...args: A) => [[Tensor, X], GradientOf<A, N>];
export function valueAndGrad<A extends AnyArgs, R, const N extends Argnums = 0>(
  f: (...args: A) => Loss<R>,
  options?: GradOptions<N, false> & CheckedArgnums<A, N>,
): (...args: A) => [Tensor, GradientOf<A, N>];
export function valueAndGrad(
  f: (...args: never[]) => unknown,
  options: GradOptions = {},
): (...args: unknown[]) => unknown {
  const { argnums, hasAux } = checkDerivative('valueAndGrad', f, options);
  return (...args) =>
    gradient('valueAndGrad', f, args, argnums, hasAux, ({ value, gradient, aux }) => [
      hasAux ? [value, aux] : value,
      gradient,
    ]);
}
