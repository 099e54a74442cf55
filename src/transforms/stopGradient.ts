import { clone, Tensor } from '@tensorflow/tfjs-core';
import { runKernel } from '../core/kernel';
import { defineRule } from '../core/rule';
import { map } from '../tree';

// The identity as far as values go, a constant to every derivative.
defineRule('StopGradient', {
  constant: true,
  polyfill: ({ x }: { x: Tensor }) => clone(x),
  batch: ({ inputs }) => runKernel('StopGradient', { x: inputs.x!.value }),
  shape: ({ inputs }) => inputs.x!,
});

/**
 * The tree unchanged, as a constant to every derivative.
 *
 * @example
 * ```ts
 * grad((x: tf.Tensor) => tf.mul(stopGradient(x), x))(tf.scalar(3)); // 3
 * ```
 */
export function stopGradient<T>(tree: T): T {
  return map(
    (leaf: unknown) => (leaf instanceof Tensor ? runKernel('StopGradient', { x: leaf }) : leaf),
    tree as never,
  ) as T;
}
