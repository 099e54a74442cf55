/** Numbers from 0 (inclusive) to 1 (exclusive), as `Math.random` gives them. */
export type Uniform = () => number;

/** A standard normal number, by the Box-Muller transformation. */
export function normal(uniform: Uniform): number {
  return Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** The numbers 0 to n - 1 in random order (Fisher and Yates). */
export function permutation(n: number, uniform: Uniform): Int32Array {
  const order = Int32Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}
