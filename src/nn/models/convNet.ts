import { withDefaults } from '../../core/errors';
import { heNormal } from '../initializers';
import { batchNorm, conv2d, dense, globalAvgPool, relu, sequential } from '../layers';

/**
 * A small convolutional net: `widths.length` times convolution, batch normalisation and relu, each but the first halving the image, then
 * the mean over positions and a dense head. For images of any size and number of channels.
 *
 * @param options `widths`: channels of the convolutions, [16, 32, 64] by default
 * @example
 * ```ts
 * convNet({ classes: 5 }).init(random.key(0), [32, 32, 3]).outputShape; // [5]
 * ```
 */
export function convNet(options: { classes?: number; widths?: readonly number[] } = {}) {
  const { classes, widths } = withDefaults('convNet', options, { classes: 10, widths: [16, 32, 64] });
  return sequential({
    features: sequential(
      ...widths.map((width, i) =>
        sequential({
          conv: conv2d(width, 3, { strides: i === 0 ? 1 : 2, useBias: false, kernelInit: heNormal() }),
          norm: batchNorm(),
          relu: relu(),
        }),
      ),
    ),
    pool: globalAvgPool(),
    head: dense(classes),
  });
}
