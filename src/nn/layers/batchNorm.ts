import {
  add,
  mul,
  onesLike,
  rsqrt,
  sub,
  type Tensor,
  zeros as tfZeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { BELOW_ONE, checkNumbers, NOT_NEGATIVE } from '../../core/numbers';
import { batchNorm as normalized } from '../../rules/batchNorm';
import { checkRankAtLeast } from './checks';
import { defineLayer, type Layer } from '../layer';

export interface NormParams {
  /** [channels], ones at first; absent with `scale: false`. */
  scale?: Tensor;
  /** [channels], zeros at first; absent with `bias: false`. */
  bias?: Tensor;
}

export interface NormOptions {
  /** Added to the variance; 1e-5 by default. */
  eps?: number;
  /** Whether to multiply by a parameter; true by default. */
  scale?: boolean;
  /** Whether to add one; true by default. */
  bias?: boolean;
}

/** Of {@link NormOptions}. */
export const normDefaults = { eps: 1e-5, scale: true, bias: true };

export interface BatchStatistics {
  /** Running mean and variance, [channels]. */
  mean: Tensor;
  variance: Tensor;
}

/**
 * Normalises each channel over the batch and all positions (Ioffe and Szegedy: Batch normalization, 2015). In training it uses the
 * batch's statistics and returns, as the new state, running ones, decay * old + (1 - decay) * batch's; otherwise it uses these.
 *
 * @param options `decay` 0.9 by default; variances are over n, not n - 1
 * @returns a layer with the parameters `{ scale, bias }` and the state `{ mean, variance }`, all [channels]
 * @example
 * ```ts
 * const norm = batchNorm();
 * const { params, state } = norm.init(random.key(0), [2]);
 * const [y, next] = norm.apply(params, state, tf.tensor2d([[1, 0], [3, 0]]), { train: true });
 * y; // [[-1, 0], [1, 0]]
 * next.mean; // [0.2, 0]
 * ```
 */
export function batchNorm(
  options: NormOptions & { decay?: number } = {},
): Layer<NormParams, BatchStatistics> {
  const { decay, eps, ...parts } = withDefaults('batchNorm', options, { decay: 0.9, ...normDefaults });
  checkNumbers('batchNorm', { decay }, BELOW_ONE);
  checkNumbers('batchNorm', { eps }, NOT_NEGATIVE);
  return defineLayer<NormParams, BatchStatistics>('batchNorm', {
    init(_, inputShape) {
      checkRankAtLeast('batchNorm', inputShape, 1);
      const channels = inputShape.at(-1)!;
      const still = tfZeros([channels]);
      return {
        params: normParams(channels, parts),
        state: { mean: still, variance: onesLike(still) },
        outputShape: inputShape,
      };
    },
    apply(params, state, x, { train = false }) {
      const { scale, bias } = params;
      if (!train) {
        // y = x f + (bias - mean f): one pass over x for each of both.
        const f = factor(state.variance, eps, scale);
        const shift = mul(state.mean, f);
        return [add(mul(x, f), bias ? sub(bias, shift) : mul(shift, -1)), state];
      }
      const [y, center, variance] = normalized(
        x,
        scale ?? onesLike(state.mean),
        bias ?? zerosLike(state.mean),
        eps,
      );
      const running = (old: Tensor, now: Tensor): Tensor => add(mul(old, decay), mul(now, 1 - decay));
      return [y, { mean: running(state.mean, center), variance: running(state.variance, variance) }];
    },
    operations: (input) => 4 * input.reduce((a, d) => a * d, 1),
  });
}

export function normParams(channels: number, { scale, bias }: { scale: boolean; bias: boolean }): NormParams {
  const zero = tfZeros([channels]);
  return { ...(scale && { scale: onesLike(zero) }), ...(bias && { bias: zero }) };
}

/** scale / sqrt(variance + eps) */
export function factor(variance: Tensor, eps: number, scale?: Tensor): Tensor {
  const inverse = rsqrt(add(variance, eps));
  return scale ? mul(inverse, scale) : inverse;
}
