import { add, div, mul, sub, tensor, tidy } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { squares, weightProblems } from './lemmaProblem';
import { random } from './random';

export interface CheckLemmaOptions {
  /** Ridge; 0.1 by default. */
  lambda?: number;
  /** Relative tolerance; 1e-3 by default, of float32 sums. */
  tolerance?: number;
  /** Seed of the random cotangent. */
  seed?: number;
}

/**
 * Lemma 1 of TrAct (Petersen, Borgelt, Ermon, NeurIPS 2024) for a layer of one's own: the update dW = -eta times the corrected gradient
 * is where
 *
 *     || -eta b g - x dW ||^2 + lambda b || dW ||^2
 *
 * is least, for a random cotangent g. The gradient of that objective, taken with the layer's own derivatives, has to vanish there.
 * Parameters that are no first layer's weight have to keep their gradients.
 *
 * @param layer a linear layer `z = layer(params, ...inputs)` without its activation function, whose weight is a leaf of its parameters
 * @param args  its arguments, the parameters first
 * @throws Error that names the parameter and says by how much the lemma fails; TypeError where tract finds no first layer
 * @example
 * ```ts
 * const layer = (p: { w: tf.Tensor2D; b: tf.Tensor1D }, x: tf.Tensor2D) => tf.add(tf.matMul(x, p.w), p.b);
 * checkLemma1(layer, [{ w: tf.ones([3, 2]), b: tf.zeros([2]) }, tf.ones([5, 3])]);
 * ```
 */
export function checkLemma1(
  layer: (...args: never[]) => unknown,
  args: readonly unknown[],
  options: CheckLemmaOptions = {},
): void {
  const { lambda, tolerance, seed } = withDefaults('checkLemma1', options, {
    lambda: 0.1,
    tolerance: 1e-3,
    seed: 1,
  });
  tidy(() => {
    const { outputs, others, weights } = weightProblems('checkLemma1', layer, args, lambda);
    const next = random(seed);
    const g = outputs.map((z) => tensor(Float32Array.from({ length: z.size }, next), z.shape));
    for (const { path, b, push, pull, corrected } of weights) {
      const update = corrected(g);
      // Half the objective's gradient, over -eta b: x^T g - x^T x update / b - lambda update.
      const right = pull(g);
      const left = add(div(pull(push(update)), b), mul(update, lambda));
      const error = Math.sqrt(
        squares([sub(left, right)]) / Math.max(squares([left]), squares([right]), 1e-30),
      );
      if (!(error <= tolerance)) {
        throw new Error(
          `checkLemma1: the update of "${path}" is not the optimum: the objective's gradient there is ${error} of that at zero.`,
        );
      }
    }
    for (const { path, plain, tracted } of others) {
      if (squares([sub(plain(g), tracted(g))]) > 0) {
        throw new Error(
          `checkLemma1: the gradient of "${path}" changes, though it is no first layer's weight.`,
        );
      }
    }
  });
}
