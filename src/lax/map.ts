import { checkFunction, label } from '../transforms/arguments';
import type { Tensors } from './body';
import { loop } from './scan';

/**
 * A function of one element, applied along the first axis one element after the other: `vmap` in steps, for what would not fit as a whole.
 *
 * @param xs tree of tensors `[n, ...]`
 * @returns tree of tensors `[n, ...]`
 * @example
 * ```ts
 * lax.map((x: tf.Tensor) => tf.sum(x), tf.ones([3, 2])); // [2, 2, 2]
 * ```
 */
export function map<X, Y>(f: (x: Tensors<X>) => Y, xs: X): Tensors<Y> {
  checkFunction('lax.map', f);
  return loop(label('lax.map', f), (_: null, x: Tensors<X>) => [null, f(x)] as const, null, xs)[1];
}
