import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import { leafwise, zerosOf } from './leafwise';
import { transformation, type GradientTransformation } from './transformation';

/**
 * Momentum: t' = g + decay t (Polyak 1964), or, with `nesterov`, the update g + decay t' (Nesterov 1983; Sutskever et al. 2013).
 *
 * @returns a transformation with the state `{ trace }`
 */
export function trace(decay: number, { nesterov = false } = {}): GradientTransformation {
  return transformation<{ trace: unknown }>('trace', {
    init: (params) => ({ trace: zerosOf(params) }),
    update(updates, state) {
      const follow = (g: Tensor, t: Tensor): Tensor => add(g, mul(t, decay));
      const next = leafwise(follow, updates, state.trace);
      return [nesterov ? leafwise(follow, updates, next) : next, { trace: next }];
    },
  });
}
