import { checkFunction, label } from './arguments';
import { gradient } from './gradient';
import { pushAlong, type TangentsOf } from './jvp';
import { transformed } from './results';
import type { AnyArgs, Cotangents, Loss } from './types';

/**
 * Hessian-vector product of a scalar-valued function, forward over reverse: no Hessian is built.
 *
 * @param primals  array of the arguments
 * @param tangents array of directions, each of its argument's structure and shapes
 * @returns an array with H v for each primal
 * @example
 * ```ts
 * hvp((x: tf.Tensor) => tf.sum(tf.pow(x, 3)), [tf.tensor1d([1, 2])], [tf.tensor1d([1, 0])]); // [[6, 0]]
 * ```
 */
export function hvp<A extends AnyArgs, R>(
  f: (...args: A) => Loss<R>,
  primals: readonly [...A],
  tangents: TangentsOf<A>,
): { [K in keyof A]: Cotangents<A[K]> } {
  checkFunction('hvp', f);
  const name = label('hvp', f);
  const gradients = (...args: unknown[]): unknown =>
    gradient(
      'hvp',
      f,
      args,
      args.map((_, i) => i),
      false,
      (found) => found.gradient,
    );
  return transformed(name, () => pushAlong('hvp', name, gradients, primals, tangents, false)[1]) as {
    [K in keyof A]: Cotangents<A[K]>;
  };
}
