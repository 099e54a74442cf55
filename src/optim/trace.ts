import { add, mul, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { checkNumbers } from '../core/numbers';
import { elementwise, zerosOf } from './leafwise';
import { transformation, type GradientTransformation } from './transformation';

/** The trace, and the update: one and the same without Nesterov's look ahead. */
const follow = (g: Tensor, t: Tensor, decay: Tensor): Tensor => add(g, mul(t, decay));
const plain = elementwise(1, (g, t, decay) => [follow(g!, t!, decay!)]);
const ahead = elementwise(2, (g, t, decay) => {
  const next = follow(g!, t!, decay!);
  return [next, follow(g!, next, decay!)];
});

/**
 * Momentum: t' = g + decay t (Polyak 1964), or, with `nesterov`, the update g + decay t' (Nesterov 1983; Sutskever et al. 2013).
 *
 * @returns a transformation with the state `{ trace }`
 * @example
 * ```ts
 * const momentum = trace(0.9);
 * const [, state] = momentum.update(tf.scalar(1), momentum.init(tf.scalar(0)));
 * momentum.update(tf.scalar(1), state)[0]; // 1.9
 * ```
 */
export function trace(decay: number, options: { nesterov?: boolean } = {}): GradientTransformation {
  const { nesterov } = withDefaults('trace', options, { nesterov: false });
  checkNumbers('trace', { decay });
  return transformation<{ trace: unknown }>('trace', {
    init: (params) => ({ trace: zerosOf(params) }),
    update(updates, state) {
      const [next, update = next] = (nesterov ? ahead : plain)([updates, state.trace], decay);
      return [update, { trace: next }];
    },
  });
}
