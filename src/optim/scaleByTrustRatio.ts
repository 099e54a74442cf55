import {
  add,
  clone,
  div,
  equal,
  logicalOr,
  mul,
  onesLike,
  sqrt,
  square,
  sum,
  where,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { checkNumbers, NOT_NEGATIVE } from '../core/numbers';
import { isFilled, leafwise } from './leafwise';
import { stateless, type GradientTransformation } from './transformation';

/**
 * Scales each leaf's update by |parameter| / (|update| + eps), or by 1 where either norm is 0 (You et al.: Large batch optimization for
 * deep learning, LAMB, 2020).
 *
 * @example
 * ```ts
 * scaleByTrustRatio().update(tf.tensor1d([0.5, 0]), [], tf.tensor1d([3, 4]))[0]; // [5, 0]
 * ```
 */
export function scaleByTrustRatio(
  options: { trustCoefficient?: number; eps?: number } = {},
): GradientTransformation {
  const { trustCoefficient, eps } = withDefaults('scaleByTrustRatio', options, {
    trustCoefficient: 1,
    eps: 0,
  });
  checkNumbers('scaleByTrustRatio', { eps }, NOT_NEGATIVE);
  const norm = (t: Tensor): Tensor => sqrt(sum(square(t)));
  return stateless(
    'scaleByTrustRatio',
    (updates, params) =>
      leafwise(
        (u: Tensor, p: Tensor) => {
          if (!isFilled(p)) return clone(u);
          const [size, step] = [norm(p), norm(u)];
          const still = logicalOr(equal(size, 0), equal(step, 0));
          const one = onesLike(size);
          const ratio = div(mul(size, trustCoefficient), where(still, one, add(step, eps)));
          return mul(u, where(still, one, ratio));
        },
        updates,
        params,
      ),
    true,
  );
}
