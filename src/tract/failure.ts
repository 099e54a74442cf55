import { getBackend, type Tensor } from '@tensorflow/tfjs-core';
import { traceOf } from '../core/tracer';

// Backends whose values can be read at once; the others would have to wait, so there NaN goes through as in any op.
const SYNCHRONOUS = new Set(['cpu', 'wasm', 'tensorflow']);

/**
 * Says why a ridge system could not be solved, instead of handing NaN to the optimizer.
 *
 * @throws Error where the solution is not finite though the right-hand side is
 */
export function checkSolved(a: Tensor, y: Tensor, solution: Tensor): void {
  if (!SYNCHRONOUS.has(getBackend()) || [a, y, solution].some((t) => traceOf(t) !== undefined)) return;
  if (isFinite(solution) || !isFinite(y)) return;
  if (!isFinite(a)) {
    throw new Error(
      "tract: the first layer's input holds NaN or Inf, so its Gram matrix does too. Look at the data of this batch.",
    );
  }
  throw new Error(
    'tract: the matrix x^T x / b + lambda I could not be factored, also in float64. Take a larger lambda, or scale the input down.',
  );
}

function isFinite(t: Tensor): boolean {
  return (t.dataSync() as Float32Array).every(Number.isFinite);
}
