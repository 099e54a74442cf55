import { zerosOf } from './leafwise';
import { stateless, type GradientTransformation } from './transformation';

/**
 * Replaces updates by zeros: with `multiTransform`, for parameters that stay as they are.
 *
 * @example
 * ```ts
 * const optimizer = multiTransform({ train: sgd(1), freeze: setToZero() }, { body: 'freeze', head: 'train' });
 * optimizer.update({ body: 7, head: 7 }, optimizer.init({ body: 0, head: 0 }))[0]; // { body: 0, head: -7 }
 * ```
 */
export function setToZero(): GradientTransformation {
  return stateless('setToZero', zerosOf);
}
