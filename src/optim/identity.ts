import { stateless, type GradientTransformation } from './transformation';

/** Hands gradients on as they are. */
export function identity(): GradientTransformation {
  return stateless('identity', (updates) => updates);
}
