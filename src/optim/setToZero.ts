import { zerosOf } from './leafwise';
import { stateless, type GradientTransformation } from './transformation';

/** Replaces updates by zeros: with `multiTransform`, for parameters that stay as they are. */
export function setToZero(): GradientTransformation {
  return stateless('setToZero', zerosOf);
}
