import { checkDerivative, type Argnums } from './arguments';
import { gradient } from './gradient';
import type { AnyArgs, CheckedArgnums, GradientOf, GradOptions, Loss } from './types';

/**
 * Gradient of a scalar-valued function with respect to one or more of its arguments.
 *
 * The result has the structure and shapes of the argument; leaves on which the loss does not depend get zeros.
 * It composes with itself and every other transformation to any order. Of a complex leaf x + iy the gradient is dL/dx + i dL/dy, the direction of
 * steepest ascent, as in TensorFlow and PyTorch: the conjugate of JAX's.
 *
 * @param f maps pytrees of tensors and numbers to a float scalar (shape `[]`), or to `[scalar, aux]` with `hasAux`
 * @param options `argnums`: positions to differentiate, negative ones count from the end; an array gives an array of gradients.
 *   `hasAux`: return `[gradient, aux]`
 * @returns a function of the same arguments
 * @throws TypeError where a leaf of the argument is not float or the output is no float tensor;
 *   RangeError where the output is not a scalar or argnums are out of range
 * @example
 * ```ts
 * const w = tf.tensor1d([1, 2]);
 * grad((p: { w: tf.Tensor }) => tf.sum(tf.square(p.w)))({ w }); // { w: [2, 4] }
 * ```
 */
export function grad<A extends AnyArgs, R, X, const N extends Argnums = 0>(
  f: (...args: A) => [Loss<R>, X],
  options: GradOptions<N, true> & { hasAux: true } & CheckedArgnums<A, N>,
): (...args: A) => [GradientOf<A, N>, X];
export function grad<A extends AnyArgs, R, const N extends Argnums = 0>(
  f: (...args: A) => Loss<R>,
  options?: GradOptions<N, false> & CheckedArgnums<A, N>,
): (...args: A) => GradientOf<A, N>;
export function grad(
  f: (...args: never[]) => unknown,
  options: GradOptions = {},
): (...args: unknown[]) => unknown {
  const { argnums, hasAux } = checkDerivative('grad', f, options);
  return (...args) =>
    gradient('grad', f, args, argnums, hasAux, ({ gradient, aux }) => (hasAux ? [gradient, aux] : gradient));
}
