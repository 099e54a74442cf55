import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';

/** A directional derivative found numerically, with an estimate of its error. */
export interface Estimate {
  value: number;
  error: number;
}

const FLOAT32_EPSILON = 2 ** -23;
const STEPS = [2 ** -2, 2 ** -3, 2 ** -4, 2 ** -5, 2 ** -6, 2 ** -7, 2 ** -8];

/**
 * d/dt <u, f(x + t v)> at 0 by central differences of steps h and 2h, extrapolated (Richardson); sums and differences in float64.
 *
 * Error model: truncation, estimated as the distance of the two differences scaled to the order left, plus the rounding of float32 values.
 * Of several steps the one with the least error is taken.
 *
 * @param f  from tensors to tensors
 * @param vs one direction per argument; null holds an argument still
 * @param us one weight per output
 */
export function directionalDerivative(
  f: (xs: Tensor[]) => Tensor[],
  xs: readonly Tensor[],
  vs: readonly (Float32Array | null)[],
  us: readonly Float32Array[],
): Estimate {
  const points = xs.map((x) => x.dataSync().slice());
  const valueAt = (t: number): { dot: number; scale: number } =>
    tidy(() => {
      const moved = xs.map((x, i) => {
        const v = vs[i];
        return v
          ? tensor(
              Float32Array.from(points[i]! as Float32Array, (p, k) => p + t * v[k]!),
              x.shape,
              'float32',
            )
          : x;
      });
      let dot = 0;
      let scale = 0;
      f(moved).forEach((y, j) =>
        y.dataSync().forEach((value, k) => {
          const term = value * (us[j]?.[k] ?? 0);
          dot += term;
          scale += term * term;
        }),
      );
      return { dot, scale: Math.sqrt(scale) };
    });

  let best: Estimate = { value: NaN, error: Infinity };
  for (const h of STEPS) {
    const [a, b, c, d] = [valueAt(h), valueAt(-h), valueAt(2 * h), valueAt(-2 * h)] as const;
    const fine = (a.dot - b.dot) / (2 * h);
    const coarse = (c.dot - d.dot) / (4 * h);
    const rounding = (8 * FLOAT32_EPSILON * Math.max(a.scale, b.scale, c.scale, d.scale)) / h;
    const error = Math.abs(fine - coarse) / 3 + rounding;
    if (error < best.error) best = { value: (4 * fine - coarse) / 3, error };
  }
  return best;
}

/** Inner product of lists of tensors and weights, in float64. */
export function innerProduct(tensors: readonly Tensor[], weights: readonly (Float32Array | null)[]): number {
  let dot = 0;
  tensors.forEach((t, i) => t.dataSync().forEach((value, k) => (dot += value * (weights[i]?.[k] ?? 0))));
  return dot;
}
