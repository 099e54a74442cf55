import { mean } from '../shared/statistics';

/** 97.5 % quantiles of Student's t for 1 to 10 degrees of freedom. */
const T = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228];

/** Beyond, by the first terms of its expansion around the normal quantile z: z + (z^3 + z) / (4 df) (Abramowitz and Stegun 26.7.5). */
const quantile = (df: number): number => T[df - 1] ?? 1.96 + (1.96 ** 3 + 1.96) / (4 * df);

/** Mean of some values and half the width of its 95 % interval; NaN for one value. */
export function interval(values: readonly number[]): { mean: number; half: number } {
  const n = values.length;
  const center = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (n - 1);
  return { mean: center, half: n > 1 ? quantile(n - 1) * Math.sqrt(variance / n) : NaN };
}
