import { add, div, fill, maximum, sqrt, square, sub, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { BELOW_ONE, checkNumbers, NOT_NEGATIVE } from '../core/numbers';
import { elementwise, leafwise, zerosOf } from './leafwise';
import { follow, followSquare, increment, totalWeight, zeroCount } from './moments';
import { transformation, type GradientTransformation } from './transformation';

export interface RmsOptions {
  /** Decay of the moving averages; 0.9 by default. */
  decay?: number;
  /** 1e-8 by default. */
  eps?: number;
  /** Where the average of squares starts; 0 by default. */
  initialScale?: number;
  /** sqrt(v + eps), the default, or sqrt(v) + eps. */
  epsInSqrt?: boolean;
  /** Divides by the standard deviation: v is the average of squares minus the squared average (Graves 2013). */
  centered?: boolean;
  /** Corrects averages for their start from zero. */
  biasCorrection?: boolean;
}

/** Of {@link RmsOptions}. */
export const rmsDefaults = {
  decay: 0.9,
  eps: 1e-8,
  initialScale: 0,
  epsInSqrt: true,
  centered: false,
  biasCorrection: false,
};

interface State {
  count?: Tensor;
  mu?: unknown;
  nu: unknown;
}

/**
 * Divides by the root of a moving average of squared gradients (Tieleman and Hinton: Lecture 6.5, RMSProp, 2012).
 *
 * @returns a transformation with the state `{ nu }`, with `mu` if centered and `count` if corrected for bias
 * @example
 * ```ts
 * const direction = scaleByRms({ decay: 0.75 });
 * direction.update(tf.tensor1d([3, -4]), direction.init(tf.zeros([2])))[0]; // [2, -2]
 * ```
 */
export function scaleByRms(options: RmsOptions = {}): GradientTransformation {
  const { decay, eps, initialScale, epsInSqrt, centered, biasCorrection } = withDefaults(
    'scaleByRms',
    options,
    rmsDefaults,
  );
  checkNumbers('scaleByRms', { decay }, BELOW_ONE);
  checkNumbers('scaleByRms', { eps, initialScale }, NOT_NEGATIVE);
  const deviation = (v: Tensor, floor: Tensor): Tensor =>
    epsInSqrt ? sqrt(add(v, floor)) : add(sqrt(v), floor);
  // Rounding may take the difference below 0.
  const variance = (v: Tensor, m: Tensor): Tensor => maximum(sub(v, square(m)), 0);
  const step = elementwise(centered ? 3 : 2, (...operands) => {
    const [g, v, m] = centered ? operands.splice(0, 3) : [...operands.splice(0, 2), undefined];
    const [past, present, floor, weight] = operands;
    const corrected = (t: Tensor): Tensor => (biasCorrection ? div(t, weight!) : t);
    const nu = followSquare(v!, g!, past!, present!);
    const mu = m && follow(m, g!, past!, present!);
    const spread = mu ? variance(corrected(nu), corrected(mu)) : corrected(nu);
    return [div(g!, deviation(spread, floor!)), nu, ...(mu ? [mu] : [])];
  });
  return transformation<State>('scaleByRms', {
    init: (params) => ({
      nu: leafwise((p: Tensor) => fill(p.shape, initialScale), params),
      ...(centered && { mu: zerosOf(params) }),
      ...(biasCorrection && { count: zeroCount() }),
    }),
    update(updates, state) {
      const count = biasCorrection ? increment(state.count!) : undefined;
      const weight = count ? totalWeight(decay, count) : 1;
      const averages = centered ? [state.nu, state.mu] : [state.nu];
      const [direction, nu, mu] = step([updates, ...averages], decay, 1 - decay, eps, weight);
      return [direction, { nu, ...(centered && { mu }), ...(count && { count }) }];
    },
  });
}
