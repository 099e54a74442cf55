import { add, div, mul, reshape, util, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { BELOW_ONE, checkNumbers, COUNT, NOT_NEGATIVE, POSITIVE } from '../core/numbers';
import { leafwise, zerosOf } from './leafwise';
import { average, increment, totalWeight, zeroCount } from './moments';
import { newtonSchulz } from './newtonSchulz';
import { transformation, type GradientTransformation } from './transformation';

export interface MuonDirectionOptions {
  /** Decay of the momentum; 0.95 by default. */
  beta?: number;
  /** Newton-Schulz iterations; 5 by default. */
  steps?: number;
  /** Added to norms; 1e-8 by default. */
  eps?: number;
  /** Nesterov's momentum; true by default. */
  nesterov?: boolean;
  /**
   * With a number r, updates are scaled by r sqrt(max(fan in, fan out)), so that their root mean square does not depend on the shape
   * (0.2 is Adam's: Liu et al. 2025). Otherwise by sqrt(max(1, fan out / fan in)), as in Jordan's code.
   */
  consistentRms?: number;
}

/** Of {@link MuonDirectionOptions}. */
export const muonDefaults = { beta: 0.95, steps: 5, eps: 1e-8, nesterov: true, consistentRms: undefined };

/**
 * Muon's direction: the momentum, orthogonalised (Jordan: Muon, 2024). Kernels of convolutions are taken as matrices
 * [height * width * channels, outputs].
 *
 * @returns a transformation with the state `{ count, mu }`
 * @throws RangeError where a leaf has no two axes
 * @example
 * ```ts
 * const direction = scaleByMuon();
 * direction.update(tf.ones([3, 2]), direction.init(tf.ones([3, 2])))[0].shape; // [3, 2]
 * ```
 */
export function scaleByMuon(options: MuonDirectionOptions = {}): GradientTransformation {
  const { beta, steps, eps, nesterov, consistentRms } = withDefaults('scaleByMuon', options, muonDefaults);
  checkNumbers('scaleByMuon', { beta }, BELOW_ONE);
  checkNumbers('scaleByMuon', { eps }, NOT_NEGATIVE);
  checkNumbers('scaleByMuon', { steps }, COUNT);
  if (consistentRms !== undefined) checkNumbers('scaleByMuon', { consistentRms }, POSITIVE);
  const orthogonal = (m: Tensor): Tensor => {
    if (m.rank < 2)
      throw new RangeError(
        `scaleByMuon: only matrices and kernels can be orthogonalised, got shape [${m.shape.join(',')}].`,
      );
    const fanOut = m.shape[m.rank - 1]!;
    const fanIn = util.sizeFromShape(m.shape.slice(0, -1));
    const size =
      consistentRms === undefined
        ? Math.sqrt(Math.max(1, fanOut / fanIn))
        : consistentRms * Math.sqrt(Math.max(fanIn, fanOut));
    return mul(reshape(newtonSchulz(reshape(m, [fanIn, fanOut]), { steps, eps }), m.shape), size);
  };
  return transformation<{ count: Tensor; mu: unknown }>('scaleByMuon', {
    init: (params) => ({ count: zeroCount(), mu: zerosOf(params) }),
    update(updates, state) {
      const count = increment(state.count);
      const mu = average(beta, updates, state.mu);
      if (!nesterov) {
        const weight = totalWeight(beta, count);
        return [leafwise((m: Tensor) => orthogonal(div(m, weight)), mu), { count, mu }];
      }
      const ahead = div(beta, totalWeight(beta, increment(count)));
      const now = div(1 - beta, totalWeight(beta, count));
      return [
        leafwise((m: Tensor, g: Tensor) => orthogonal(add(mul(m, ahead), mul(g, now))), mu, updates),
        { count, mu },
      ];
    },
  });
}
