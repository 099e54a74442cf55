import { add, clone, div, mul, sqrt, square, sum, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { checkNumbers, COUNT, NOT_NEGATIVE } from '../core/numbers';
import { toFloat } from '../core/values';
import { isFilled } from './leafwise';
import { matMulT, swapLast } from '../rules/families/matMulT';

/** Coefficients of the quintic iteration, chosen for a steep slope at 0 (Jordan 2024). */
const QUINTIC = [3.4445, -4.775, 2.0315] as const;

export interface NewtonSchulzOptions {
  /** Iterations; 5 by default. */
  steps?: number;
  /** Added to the norm; 1e-8 by default. */
  eps?: number;
}

/**
 * Brings the singular values of a matrix to about 1 (0.7 to 1.2 after 5 steps), keeping its singular vectors: X <- a X + (b A + c A^2) X
 * with A = X X^T, from X = G / |G| (Bernstein and Newhouse 2024; Jordan: Muon, 2024).
 *
 * @param g [n, m]
 * @returns [n, m]; zeros for zeros
 * @throws TypeError where g is no float tensor or an option no number; RangeError where g is no matrix, steps no whole number of at least 0
 * @example
 * ```ts
 * const q = newtonSchulz(tf.tensor2d([[30, 0], [0, 40]])); // near [[1, 0], [0, 1]]
 * tf.max(tf.abs(tf.sub(q, tf.eye(2)))).dataSync()[0]! < 0.4; // true
 * ```
 */
export function newtonSchulz(g: Tensor, options: NewtonSchulzOptions = {}): Tensor {
  const { steps, eps } = withDefaults('newtonSchulz', options, { steps: 5, eps: 1e-8 });
  checkNumbers('newtonSchulz', { steps }, COUNT);
  checkNumbers('newtonSchulz', { eps }, NOT_NEGATIVE);
  const [a, b, c] = QUINTIC;
  return tidy(() => {
    g = toFloat(g, 'newtonSchulz: g', 'newtonSchulz');
    if (g.rank !== 2)
      throw new RangeError(`newtonSchulz: expected a matrix, got shape [${g.shape.join(',')}].`);
    if (!isFilled(g)) return clone(g);
    const tall = g.shape[0]! > g.shape[1]!;
    // X X^T is smaller for wide matrices.
    const start = tall ? swapLast(g) : g;
    let x = div(start, add(sqrt(sum(square(g))), eps));
    for (let i = 0; i < steps; i++) {
      const gram = matMulT(x, x, false, true);
      const polynomial = add(mul(gram, b), mul(matMulT(gram, gram), c));
      x = add(mul(x, a), matMulT(polynomial, x));
    }
    return tall ? swapLast(x) : x;
  });
}
