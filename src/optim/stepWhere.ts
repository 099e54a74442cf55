import { where, type Tensor } from '@tensorflow/tfjs-core';
import { isFilled, leafwise, zerosOf } from './leafwise';
import type { GradientTransformation, OptState } from './transformation';

/** Leaves of the one tree where a scalar is true, of the other elsewhere. */
export const choose = (condition: Tensor, tree: unknown, other: unknown): unknown =>
  leafwise((a: Tensor, b: Tensor) => (isFilled(a) ? where(condition, a, b) : a), tree, other);

/**
 * What a transformation makes of updates, with its next state, where a scalar is true; elsewhere zeros, with the state as it is. It is computed
 * either way.
 */
export function stepWhere(
  condition: Tensor,
  transformation: GradientTransformation,
  ...[updates, state, params]: Parameters<GradientTransformation['update']>
): [updates: unknown, state: OptState] {
  const [changed, next] = transformation.update(updates, state, params);
  return [choose(condition, changed, zerosOf(changed)), choose(condition, next, state) as OptState];
}
