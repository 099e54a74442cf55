import { matMul, reshape, transpose } from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkNumbers, SIZE } from '../../core/numbers';
import { checkRank, stateless, type Layer, type Nothing } from '../layer';
import { addBias, kernelDefaults, kernelParams, type KernelOptions, type KernelParams } from './bias';

/**
 * Cuts images into patches and multiplies each by a kernel, the first layer of a vision transformer (Dosovitskiy et al. 2021):
 * [height, width, channels] to [patches, features].
 *
 * The same as a convolution with size and stride `patch`, written as one product of matrices: rows are patches, so it is a dense layer
 * to `tract`.
 *
 * @returns a layer with the parameters `{ kernel: [patch * patch * channels, features], bias: [features] }`
 * @throws RangeError where patches do not tile the image
 * @example
 * ```ts
 * patchEmbedding(192, 4).init(random.key(0), [32, 32, 3]).outputShape; // [64, 192]
 * ```
 */
export function patchEmbedding(
  features: number,
  patch: number,
  options: KernelOptions = {},
): Layer<KernelParams, Nothing> {
  const name = 'patchEmbedding';
  const parts = withDefaults(name, options, kernelDefaults());
  checkNumbers(name, { features, patch }, SIZE);
  const patchesOf = (height: number, width: number): [rows: number, columns: number] => {
    if (height % patch === 0 && width % patch === 0) return [height / patch, width / patch];
    throw new RangeError(
      `${name}: patches of ${patch} x ${patch} do not tile an image of ${height} x ${width}.`,
    );
  };
  return stateless<KernelParams>(name, {
    init(key, inputShape) {
      checkRank(name, inputShape, 3, 'height, width, channels');
      const [height, width, channels] = inputShape as [number, number, number];
      const [rows, columns] = patchesOf(height, width);
      return {
        params: kernelParams(name, key, parts, [patch * patch * channels, features], features),
        outputShape: [rows * columns, features],
      };
    },
    apply({ kernel, bias }, x) {
      const [b, height, width, channels] = x.shape as [number, number, number, number];
      const [rows, columns] = patchesOf(height, width);
      const cut = transpose(reshape(x, [b * rows, patch, columns, patch * channels]), [0, 2, 1, 3]);
      const y = matMul(reshape(cut, [b * rows * columns, patch * patch * channels]), kernel);
      return reshape(addBias(y, bias), [b, rows * columns, features]);
    },
    operations: (input, output) => 2 * input.reduce((a, d) => a * d, 1) * output[1]!,
  });
}
