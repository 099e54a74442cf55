import {
  avgPool as tfAvgPool,
  maxPool as tfMaxPool,
  mean,
  type Tensor,
  type Tensor4D,
} from '@tensorflow/tfjs-core';
import { withDefaults } from '../../core/errors';
import { checkRank, pure, type Layer, type Nothing } from '../layer';
import { checkRankAtLeast } from './checks';
import { checkPadding, sizesOf, slid, type Padding, type Sizes } from './window';

export interface PoolOptions {
  /** The window's size by default. */
  strides?: Sizes;
  /** 'valid' by default. */
  padding?: Padding;
}

type Pool = (x: Tensor4D, size: [number, number], strides: [number, number], padding: Padding) => Tensor;

/**
 * The greatest value in each window: [height, width, channels] to [height', width', channels].
 *
 * @example
 * ```ts
 * maxPool(2).init(random.key(0), [28, 28, 8]).outputShape; // [14, 14, 8]
 * ```
 */
export function maxPool(size: Sizes, options: PoolOptions = {}): Layer<Nothing, Nothing> {
  return pooling('maxPool', size, options, tfMaxPool);
}

/**
 * The mean of each window: [height, width, channels] to [height', width', channels].
 *
 * @example
 * ```ts
 * avgPool(2).init(random.key(0), [28, 28, 8]).outputShape; // [14, 14, 8]
 * ```
 */
export function avgPool(size: Sizes, options: PoolOptions = {}): Layer<Nothing, Nothing> {
  return pooling('avgPool', size, options, tfAvgPool);
}

/**
 * The mean over all positions: [..., channels] to [channels].
 *
 * @example
 * ```ts
 * globalAvgPool().apply({}, {}, tf.tensor3d([[[1, 10], [3, 30]]]))[0]; // [[2, 20]]
 * ```
 */
export function globalAvgPool(): Layer<Nothing, Nothing> {
  return pure(
    'globalAvgPool',
    (shape) => {
      checkRankAtLeast('globalAvgPool', shape, 2);
      return [shape.at(-1)!];
    },
    (x) =>
      mean(
        x,
        x.shape.slice(1, -1).map((_, i) => i + 1),
      ),
  );
}

function pooling(name: string, size: Sizes, options: PoolOptions, pool: Pool): Layer<Nothing, Nothing> {
  const { strides, padding } = withDefaults(name, options, { strides: size, padding: 'valid' });
  checkPadding(name, padding);
  const window = sizesOf(name, 'size', size, 2) as [number, number];
  const steps = sizesOf(name, 'strides', strides, 2) as [number, number];
  return pure(
    name,
    (shape) => {
      checkRank(name, shape, 3, 'height, width, channels');
      return [...slid(name, shape.slice(0, 2), window, steps, [1, 1], padding), shape[2]!];
    },
    (x) => pool(x as Tensor4D, window, steps, padding),
  );
}
