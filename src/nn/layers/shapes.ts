import { reshape, slice } from '@tensorflow/tfjs-core';
import { checkNumbers, WHOLE } from '../../core/numbers';
import { checkShape, pure, type Layer, type Nothing, type Shape } from '../layer';
import { checkRankAtLeast } from './checks';

/**
 * All axes of an example as one: [...] to [n].
 *
 * @example
 * ```ts
 * flatten().init(random.key(0), [7, 7, 16]).outputShape; // [784]
 * ```
 */
export function flatten(): Layer<Nothing, Nothing> {
  return pure(
    'flatten',
    (shape) => [shape.reduce((a, d) => a * d, 1)],
    (x) => reshape(x, [x.shape[0]!, x.shape.slice(1).reduce((a, d) => a * d, 1)]),
  );
}

/**
 * Examples in another shape of the same size.
 *
 * @example
 * ```ts
 * reshapeTo([28, 28, 1]).init(random.key(0), [784]).outputShape; // [28, 28, 1]
 * ```
 */
export function reshapeTo(shape: Shape): Layer<Nothing, Nothing> {
  const size = checkShape('reshapeTo', 'shape', shape).reduce((a, d) => a * d, 1);
  return pure(
    'reshapeTo',
    (from) => {
      if (from.reduce((a, d) => a * d, 1) !== size)
        throw new RangeError(`reshapeTo: [${from.join(',')}] has another size than [${shape.join(',')}].`);
      return shape;
    },
    (x) => reshape(x, [x.shape[0]!, ...shape]),
  );
}

/**
 * One position of a sequence: [length, n] to [n]. Negative positions count from the end.
 *
 * @example
 * ```ts
 * takePosition(-1).apply({}, {}, tf.tensor3d([[[1, 2], [3, 4]]]))[0]; // [[3, 4]]
 * ```
 */
export function takePosition(position: number): Layer<Nothing, Nothing> {
  checkNumbers('takePosition', { position }, WHOLE);
  return pure(
    'takePosition',
    (shape) => {
      checkRankAtLeast('takePosition', shape, 2);
      if (position >= shape[0]! || position < -shape[0]!)
        throw new RangeError(`takePosition: ${position} is out of bounds for [${shape.join(',')}].`);
      return shape.slice(1);
    },
    (x) => {
      const at = position < 0 ? position + x.shape[1]! : position;
      const rest = x.shape.slice(2);
      return reshape(slice(x, [0, at, ...rest.map(() => 0)], [x.shape[0]!, 1, ...rest]), [
        x.shape[0]!,
        ...rest,
      ]);
    },
  );
}
