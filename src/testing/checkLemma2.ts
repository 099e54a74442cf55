import { add, div, mul, sub, tensor, tidy, zerosLike, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import type { CheckLemmaOptions } from './checkLemma1';
import { squares, weightProblems, type WeightProblem } from './lemmaProblem';
import { random } from './random';

/**
 * Lemma 2 of TrAct (Petersen, Borgelt, Ermon, NeurIPS 2024) for a layer of one's own: the corrected gradient is zero exactly where the
 * gradient is, so optima stay where they are.
 *
 * Both ways, with numbers: A = x^T x / b + lambda I is no smaller than lambda and no larger than lambda + ||x||^2 / b, so the corrected
 * gradient's norm lies between those of the gradient over these. Tried on a random cotangent, on zero, and on the part of the random one
 * that the layer does not see (x^T g = 0).
 *
 * @param layer a linear layer `z = layer(params, ...inputs)` without its activation function, whose weight is a leaf of its parameters
 * @param args  its arguments, the parameters first
 * @throws Error that names the parameter and says which bound fails; TypeError where tract finds no first layer
 * @example
 * ```ts
 * const layer = (p: { w: tf.Tensor2D }, x: tf.Tensor2D) => tf.matMul(x, p.w);
 * checkLemma2(layer, [{ w: tf.ones([3, 2]) }, tf.ones([5, 3])]);
 * ```
 */
export function checkLemma2(
  layer: (...args: never[]) => unknown,
  args: readonly unknown[],
  options: CheckLemmaOptions = {},
): void {
  const { lambda, tolerance, seed } = withDefaults('checkLemma2', options, {
    lambda: 0.1,
    tolerance: 1e-3,
    seed: 1,
  });
  tidy(() => {
    const { outputs, weights } = weightProblems('checkLemma2', layer, args, lambda);
    const next = random(seed);
    const g = outputs.map((z) => tensor(Float32Array.from({ length: z.size }, next), z.shape));
    for (const problem of weights) {
      const largest = lambda + squaredNorm(problem, next) / problem.b;
      const size = Math.sqrt(squares(g));
      for (const [what, cotangent] of [
        ['a random cotangent', g],
        ['zero', g.map((t) => zerosLike(t))],
        ['a cotangent that the layer does not see', unseen(problem, g)],
      ] as const) {
        const gradient = Math.sqrt(squares([problem.pull(cotangent)]));
        const found = Math.sqrt(squares([problem.corrected(cotangent)]));
        // Sums that cancel leave rounding errors of the size of what they cancelled.
        const rounding = (tolerance * size * Math.sqrt(largest * problem.b)) / lambda / 100;
        const [low, high] = [gradient / largest, gradient / lambda];
        if (!(found >= low * (1 - tolerance) - rounding && found <= high * (1 + tolerance) + rounding)) {
          throw new Error(
            `checkLemma2: for ${what}, the corrected gradient of "${problem.path}" has norm ${found}, outside of [${low}, ${high}].`,
          );
        }
        if (what === 'zero' && found > 0) {
          throw new Error(
            `checkLemma2: the corrected gradient of "${problem.path}" is not zero for a zero gradient.`,
          );
        }
        if (gradient > size * tolerance && !(found > 0)) {
          throw new Error(
            `checkLemma2: the corrected gradient of "${problem.path}" is zero where the gradient is not.`,
          );
        }
      }
    }
  });
}

/** An upper bound of ||x||^2: a few steps of the power iteration on x^T x, and a margin. */
function squaredNorm({ push, pull, like }: WeightProblem, next: () => number): number {
  let v: Tensor = tensor(Float32Array.from({ length: like.size }, next), like.shape);
  let growth = 0;
  for (let step = 0; step < 10; step++) {
    const moved = pull(push(v));
    growth = Math.sqrt(squares([moved]) / squares([v]));
    v = growth > 0 ? div(moved, Math.sqrt(squares([moved]))) : v;
  }
  return 2 * growth;
}

/** g without its part in the range of x: conjugate gradients on x^T x dW = x^T g. */
function unseen({ push, pull }: WeightProblem, g: readonly Tensor[]): Tensor[] {
  let rest = g.slice();
  let residual = pull(rest);
  let direction = residual;
  let size = squares([residual]);
  const start = size;
  for (let step = 0; step < 30 && size > 1e-12 * start; step++) {
    const moved = push(direction);
    const along = squares(moved);
    if (along === 0) break;
    const length = size / along;
    rest = rest.map((t, i) => sub(t, mul(moved[i]!, length)));
    residual = pull(rest);
    const next = squares([residual]);
    direction = add(residual, mul(direction, next / size));
    size = next;
  }
  return rest;
}
