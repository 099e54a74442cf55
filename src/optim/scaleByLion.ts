import { sign } from '@tensorflow/tfjs-core';
import { withDefaults } from '../core/errors';
import { BELOW_ONE, checkNumbers } from '../core/numbers';
import { elementwise, zerosOf } from './leafwise';
import { follow } from './moments';
import { transformation, type GradientTransformation } from './transformation';

const step = elementwise(2, (g, m, b1, now1, b2, now2) => [
  sign(follow(m!, g!, b1!, now1!)),
  follow(m!, g!, b2!, now2!),
]);

/**
 * Lion's direction sign(b1 m + (1 - b1) g), with m the moving average of gradients with decay b2 (Chen et al.: Symbolic discovery of
 * optimization algorithms, 2023).
 *
 * @returns a transformation with the state `{ mu }`
 * @example
 * ```ts
 * const direction = scaleByLion();
 * direction.update(tf.tensor1d([3, -4, 0]), direction.init(tf.zeros([3])))[0]; // [1, -1, 0]
 * ```
 */
export function scaleByLion(options: { b1?: number; b2?: number } = {}): GradientTransformation {
  const { b1, b2 } = withDefaults('scaleByLion', options, { b1: 0.9, b2: 0.99 });
  checkNumbers('scaleByLion', { b1, b2 }, BELOW_ONE);
  return transformation<{ mu: unknown }>('scaleByLion', {
    init: (params) => ({ mu: zerosOf(params) }),
    update(updates, state) {
      const [direction, mu] = step([updates, state.mu], b1, 1 - b1, b2, 1 - b2);
      return [direction, { mu }];
    },
  });
}
