import { Tensor } from '@tensorflow/tfjs-core';
import { flatten } from './flatten';

/**
 * Disposes every tensor among the leaves, those in Maps and registered classes too; other leaves are left alone.
 *
 * @example
 * ```ts
 * const params = { w: tf.ones([2]), rest: new Map([['b', tf.zeros([1])]]) };
 * tree.dispose(params);
 * params.w.isDisposed; // true
 * ```
 */
export function dispose(tree: unknown): void {
  for (const leaf of flatten(tree).leaves) {
    if (leaf instanceof Tensor) leaf.dispose();
  }
}
