import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { computesOnHost } from '../core/hostValues';
import { traceOf } from '../core/tracer';

/** Whether the values of a tensor are there to be read, now. */
export function isReadable(t: Tensor): boolean {
  return computesOnHost(getBackend()) && traceOf(t) === undefined;
}

/**
 * Says why a ridge system could not be solved, instead of handing NaN to the optimizer.
 *
 * @param sum  x^T x, or x x^T
 * @param y    the right-hand side
 * @throws Error where the solution is not finite, unless only the cotangent is to blame
 */
export function checkSolved(sum: Tensor, y: Tensor, solution: Tensor): void {
  if (![sum, y, solution].every(isReadable) || isFinite(solution)) return;
  if (!isFinite(sum)) {
    throw new Error(
      "tract: the first layer's input holds NaN or Inf (or values whose squares overflow), so its Gram matrix does too. Look at the data of this batch.",
    );
  }
  if (!isFinite(y)) return;
  throw new Error(
    "tract: the matrix x^T x / b + lambda I could not be factored, also in float64, though the first layer's input is finite. " +
      'Take a larger lambda, or scale the input down.',
  );
}

function isFinite(t: Tensor): boolean {
  return (t.dataSync() as Float32Array).every(Number.isFinite);
}
