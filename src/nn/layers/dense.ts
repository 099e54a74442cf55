import { matMul, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, SIZE } from '../../core/numbers';
import { stateless, type Layer, type Nothing } from '../layer';
import { addBias, kernelDefaults, kernelParams, type KernelOptions, type KernelParams } from './bias';

/**
 * y = x W + b over the last axis: [..., n] to [..., features].
 *
 * @returns a layer with the parameters `{ kernel: [n, features], bias: [features] }`
 * @example
 * ```ts
 * const { params, outputShape } = dense(2, { kernelInit: initializers.heNormal() }).init(random.key(0), [3]);
 * params.kernel.shape; // [3, 2]
 * outputShape; // [2]
 * ```
 */
export function dense(features: number, options: KernelOptions = {}): Layer<KernelParams, Nothing> {
  const parts = withDefaults('dense', options, kernelDefaults());
  checkNumbers('dense', { features }, SIZE);
  return stateless<KernelParams>('dense', {
    init(key, inputShape) {
      const inputs = inputShape.at(-1);
      if (inputs === undefined) throw new RangeError('dense: expected examples of shape [..., n], got [].');
      return {
        params: kernelParams('dense', key, parts, [inputs, features], features),
        outputShape: [...inputShape.slice(0, -1), features],
      };
    },
    apply: ({ kernel, bias }, x) => addBias(multiplyLast(x, kernel), bias),
    operations: (input, output) => 2 * input.reduce((a, d) => a * d, 1) * output.at(-1)!,
  });
}

/** x W over the last axis, as one product of matrices. */
export function multiplyLast(x: Tensor, kernel: Tensor): Tensor {
  if (x.rank === 2) return matMul(x, kernel);
  const y = matMul(reshape(x, [-1, x.shape[x.rank - 1]!]), kernel);
  return reshape(y, [...x.shape.slice(0, -1), kernel.shape[1]!]);
}
