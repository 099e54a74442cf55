import { add, less, range, scalar, Tensor } from '@tensorflow/tfjs-core';
import { describeValue } from '../core/errors';
import { checkFunction, label } from '../transforms/arguments';
import type { Tensors } from './body';
import { transformed } from '../transforms/results';
import { loop } from './scan';
import { loopWhile } from './whileLoop';

/**
 * `for (i = lower; i < upper; i++) value = body(i, value)`.
 *
 * With numbers for bounds it is a {@link scan}, with derivatives in both modes; with tensors a {@link whileLoop}, in forward mode alone.
 *
 * @param lower, upper whole numbers or int32 scalars
 * @param body takes i as an int32 scalar, and returns a value of the same structure, shapes and types as it takes
 * @throws TypeError where a bound is neither
 * @example
 * ```ts
 * lax.foriLoop(0, 3, (i: tf.Tensor, x: tf.Tensor) => tf.mul(x, 2), tf.scalar(1)); // 8
 * ```
 */
export function foriLoop<C>(
  lower: number | Tensor,
  upper: number | Tensor,
  body: (i: Tensor, value: Tensors<C>) => Tensors<C>,
  init: C,
): Tensors<C> {
  checkFunction('lax.foriLoop', body);
  const name = label('lax.foriLoop', body);
  if (typeof lower === 'number' && typeof upper === 'number') {
    if (!Number.isInteger(lower) || !Number.isInteger(upper))
      throw new TypeError(`${name}: lower and upper must be whole numbers, got ${lower} and ${upper}.`);
    const step = (value: Tensors<C>, i: Tensor) => [body(i, value), null] as const;
    return transformed(name, () => loop(name, step, init, indices(lower, upper))[0]);
  }
  const bound = (value: number | Tensor, which: string): Tensor => {
    if (typeof value === 'number' && Number.isInteger(value)) return scalar(value, 'int32');
    if (value instanceof Tensor && value.rank === 0 && value.dtype === 'int32') return value;
    throw new TypeError(
      `${name}: ${which} must be a whole number or an int32 scalar, got ${describeValue(value)}.`,
    );
  };
  const step = ({ i, value }: Counted<Tensors<C>>) => ({
    i: add(i, scalar(1, 'int32')),
    value: body(i, value),
  });
  return transformed(name, () => {
    const end = bound(upper, 'upper');
    const first = { i: bound(lower, 'lower'), value: init };
    return (loopWhile(name, ({ i }) => less(i, end), step as never, first) as Counted<Tensors<C>>).value;
  });
}

interface Counted<T> {
  i: Tensor;
  value: T;
}

function indices(lower: number, upper: number): Tensor {
  return upper <= lower ? range(0, 0, 1, 'int32') : range(lower, upper, 1, 'int32');
}
