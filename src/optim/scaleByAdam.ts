import { add, div, mul, sqrt, type Tensor } from '@tensorflow/tfjs-core';
import { leafwise, zerosOf } from './leafwise';
import { average, averageSquare, increment, totalWeight, zeroCount } from './moments';
import { transformation, type GradientTransformation } from './transformation';

export interface AdamOptions {
  /** Decay of the moving average of gradients; 0.9 by default. */
  b1?: number;
  /** Decay of the moving average of their squares; 0.999 by default. */
  b2?: number;
  /** Added to the root; 1e-8 by default. */
  eps?: number;
  /** Added inside the root, for derivatives through the update; 0 by default. */
  epsRoot?: number;
  /** Nesterov's momentum (Dozat: Incorporating Nesterov momentum into Adam, 2016). */
  nesterov?: boolean;
}

interface State {
  count: Tensor;
  mu: unknown;
  nu: unknown;
}

/**
 * Adam's direction m / (sqrt(v + epsRoot) + eps), with m and v the bias-corrected moving averages of the gradient and of its square
 * (Kingma and Ba: Adam, 2015, Algorithm 1).
 *
 * @returns a transformation with the state `{ count, mu, nu }`
 */
export function scaleByAdam({
  b1 = 0.9,
  b2 = 0.999,
  eps = 1e-8,
  epsRoot = 0,
  nesterov = false,
}: AdamOptions = {}): GradientTransformation {
  checkDecay('b1', b1);
  checkDecay('b2', b2);
  return transformation<State>('scaleByAdam', {
    init: (params) => ({ count: zeroCount(), mu: zerosOf(params), nu: zerosOf(params) }),
    update(updates, state) {
      const count = increment(state.count);
      const mu = average(b1, updates, state.mu);
      const nu = averageSquare(b2, updates, state.nu);
      // With c1 = 1 - b1^t and s = sqrt(1 - b2^t): (m / c1) / (sqrt(v) / s + eps) = (m s / c1) / (sqrt(v) + eps s), scalars first.
      const c2 = totalWeight(b2, count);
      const s = sqrt(c2);
      const floor = mul(s, eps);
      const root = (v: Tensor): Tensor => add(sqrt(epsRoot === 0 ? v : add(v, mul(c2, epsRoot))), floor);
      const weight = div(s, totalWeight(b1, nesterov ? increment(count) : count));
      if (!nesterov)
        return [leafwise((m: Tensor, v: Tensor) => div(mul(m, weight), root(v)), mu, nu), { count, mu, nu }];
      const ahead = mul(weight, b1);
      const now = mul(div(s, totalWeight(b1, count)), 1 - b1);
      const direction = leafwise(
        (m: Tensor, v: Tensor, g: Tensor) => div(add(mul(m, ahead), mul(g, now)), root(v)),
        mu,
        nu,
        updates,
      );
      return [direction, { count, mu, nu }];
    },
  });
}

/** @throws RangeError where a decay is not in [0, 1) */
export function checkDecay(name: string, decay: number): void {
  if (!(decay >= 0 && decay < 1)) throw new RangeError(`${name} must be in [0, 1), got ${decay}.`);
}
