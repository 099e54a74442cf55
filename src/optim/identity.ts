import { stateless, type GradientTransformation } from './transformation';

/**
 * Hands gradients on as they are.
 *
 * @example
 * ```ts
 * const warm = false;
 * const optimizer = chain(warm ? clip(1) : identity(), sgd(0.1));
 * optimizer.update(tf.scalar(5), optimizer.init(tf.scalar(0)))[0]; // -0.5
 * ```
 */
export function identity(): GradientTransformation {
  return stateless('identity', (updates) => updates);
}
