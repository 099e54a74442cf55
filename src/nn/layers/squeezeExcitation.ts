import { mean, mul, relu, reshape, sigmoid } from '@tensorflow/tfjs-core';
import { checkNumbers, SIZE } from '../../core/numbers';
import { split } from '../../random';
import { heNormal, lecunNormal } from '../initializers';
import { defineLayer, type Layer, type Nothing } from '../layer';
import { inside } from '../record';
import type { KernelParams } from './bias';
import { checkRankAtLeast } from './checks';
import { dense } from './dense';

/**
 * Weighs channels by what their means say: x * sigmoid(W2 relu(W1 mean(x))) (Hu, Shen, Sun: Squeeze-and-excitation networks, 2018).
 *
 * @param ratio channels for each hidden unit; 16 by default
 * @returns a layer with the parameters `{ squeeze, excite }` of two dense layers
 * @example
 * ```ts
 * squeezeExcitation(4).init(random.key(0), [28, 28, 16]).outputShape; // [28, 28, 16]
 * ```
 */
export function squeezeExcitation(
  ratio = 16,
): Layer<{ squeeze: KernelParams; excite: KernelParams }, Nothing> {
  checkNumbers('squeezeExcitation', { ratio }, SIZE);
  const layers = (channels: number) => ({
    squeeze: dense(Math.max(1, Math.floor(channels / ratio)), { kernelInit: heNormal() }),
    excite: dense(channels, { kernelInit: lecunNormal() }),
  });
  return defineLayer<{ squeeze: KernelParams; excite: KernelParams }, Nothing>('squeezeExcitation', {
    init(key, inputShape) {
      checkRankAtLeast('squeezeExcitation', inputShape, 2);
      const channels = inputShape.at(-1)!;
      const { squeeze, excite } = layers(channels);
      const [a, b] = split(key);
      const first = inside('squeeze', () => squeeze.init(a, [channels]));
      const second = inside('excite', () => excite.init(b, first.outputShape));
      return {
        params: { squeeze: first.params, excite: second.params },
        state: {},
        outputShape: inputShape,
      };
    },
    apply(params, state, x) {
      const channels = x.shape[x.rank - 1]!;
      const { squeeze, excite } = layers(channels);
      const positions = x.shape.slice(1, -1);
      const means = mean(
        x,
        positions.map((_, i) => i + 1),
      );
      const hidden = relu(squeeze.apply(params.squeeze, {}, means)[0]);
      const weights = sigmoid(excite.apply(params.excite, {}, hidden)[0]);
      return [mul(x, reshape(weights, [x.shape[0]!, ...positions.map(() => 1), channels])), state];
    },
    operations: (input) => 2 * input.reduce((a, d) => a * d, 1),
  });
}
