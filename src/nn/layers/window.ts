import { describeValue } from '../../core/errors';
import { checkNumbers, SIZE } from '../../core/numbers';
import type { Shape } from '../layer';

/** A size for each spatial axis, or one for all. */
export type Sizes = number | readonly number[];
/** As in TensorFlow: 'same' pads to ceil(size / stride) outputs; a number pads each side by it. */
export type Padding = 'same' | 'valid' | number;

/** One positive whole number for each spatial axis. */
export function sizesOf(name: string, what: string, sizes: Sizes, axes: number): number[] {
  const list: readonly unknown[] = Array.isArray(sizes) ? sizes : new Array(axes).fill(sizes);
  if (list.length !== axes)
    throw new RangeError(`${name}: ${what} must have one size for each of ${axes} axes, got ${list.length}.`);
  checkNumbers(
    name,
    Object.fromEntries(list.map((size, i) => [axes > 1 ? `${what}[${i}]` : what, size])),
    SIZE,
  );
  return list.slice() as number[];
}

/** Spatial sizes after a window has been moved over them. */
export function slid(
  name: string,
  spatial: Shape,
  window: readonly number[],
  strides: readonly number[],
  dilation: readonly number[],
  padding: Padding,
): number[] {
  const outputs = spatial.map((size, i) => {
    const reach = (window[i]! - 1) * dilation[i]! + 1;
    if (padding === 'same') return Math.ceil(size / strides[i]!);
    const padded = padding === 'valid' ? size : size + 2 * padding;
    return Math.floor((padded - reach) / strides[i]!) + 1;
  });
  if (outputs.some((o) => o < 1))
    throw new RangeError(
      `${name}: a window of [${window.join(',')}] is larger than an input of [${spatial.join(',')}].`,
    );
  return outputs;
}

/** @throws TypeError where a padding is none */
export function checkPadding(name: string, padding: unknown): asserts padding is Padding {
  if (padding === 'same' || padding === 'valid' || (Number.isInteger(padding) && (padding as number) >= 0))
    return;
  throw new TypeError(
    `${name}: padding must be 'same', 'valid' or a whole number of 0 or more, got ${describeValue(padding)}.`,
  );
}
