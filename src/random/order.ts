import {
  add,
  cumsum,
  gather,
  log,
  mul,
  reshape,
  searchSorted,
  slice,
  sub,
  Tensor,
  tidy,
  topk,
  util,
  type Tensor1D,
} from '@tensorflow/tfjs-core';
import { intercepted } from '../core/dispatch';
import { describeValue, withDefaults } from '../core/errors';
import { checkNumbers, COUNT, WHOLE } from '../core/numbers';
import { toTensor } from '../core/values';
import { gumbel } from './continuous';
import { randint } from './discrete';
import { checkKey, checkShape, type Key } from './keys';
import { permutationKernel } from './primitives';
import { toParameter, uniform } from './uniform';

/**
 * A random order of 0, 1, ... x - 1 as int32, or the slices of a tensor along an axis in random order.
 *
 * @param x a whole number, or a tensor of rank 1 or more
 * @throws TypeError where x is neither; RangeError where `axis` is out of range
 * @example
 * ```ts
 * random.permutation(random.key(42), 10); // [7, 4, 2, 5, 3, 6, 8, 9, 0, 1]
 * ```
 */
export function permutation(key: Key, x: number | Tensor, options: { axis?: number } = {}): Tensor {
  const { axis } = withDefaults('random.permutation', options, { axis: 0 });
  checkKey('permutation', key);
  const from = population('permutation', x, axis);
  return tidy(() => {
    const order = permutationKernel(key, from.size);
    return typeof x === 'number' ? order : gather(x, order, from.axis);
  });
}

export interface ChoiceOptions {
  /** Whether an element may be drawn more than once; true by default. */
  replace?: boolean;
  /** Probabilities `[n]`, positive, in proportion; equal by default. */
  p?: Tensor;
  /** Axis of `a` along which to draw; 0 by default. */
  axis?: number;
}

/**
 * Draws from 0, 1, ... a - 1, or slices of the tensor `a` along an axis.
 *
 * @param shape of the draws: the result has it in place of that axis
 * @throws RangeError where more are asked for without replacement than there are, or `p` has another length
 * @example
 * ```ts
 * const rows = tf.tensor2d([[1, 2], [3, 4], [5, 6]]);
 * random.choice(random.key(42), rows, [2], { replace: false }); // [[5, 6], [1, 2]]
 * ```
 */
export function choice(
  key: Key,
  a: number | Tensor,
  shape: number | readonly number[] = [],
  options: ChoiceOptions = {},
): Tensor {
  const { replace, p, axis } = withDefaults('random.choice', options, {
    replace: true,
    p: undefined,
    axis: 0,
  });
  checkKey('choice', key);
  const from = population('choice', a, axis);
  const draws = checkShape('choice', shape);
  const count = util.sizeFromShape(draws);
  if (count > 0 && (from.size === 0 || (!replace && count > from.size))) {
    throw new RangeError(
      `random.choice: can't draw ${count} of ${from.size} elements${replace ? '' : ' without replacement'}.`,
    );
  }
  return tidy(() => {
    const indices = reshape(
      p
        ? weighted(key, toParameter(p, 'choice', 'p'), from.size, count, draws, replace)
        : replace
          ? randint(key, draws, 0, from.size)
          : slice(permutationKernel(key, from.size), 0, count),
      draws,
    );
    return typeof a === 'number' ? indices : gather(a, indices, from.axis);
  });
}

function weighted(
  key: Key,
  p: Tensor,
  size: number,
  count: number,
  draws: number[],
  replace: boolean,
): Tensor {
  if (p.rank !== 1 || p.shape[0] !== size)
    throw new RangeError(`random.choice: p must have shape [${size}], got [${p.shape.join(',')}].`);
  // Without replacement the draws are the greatest of log p + Gumbel noise (Kool, van Hoof, Welling, ICML 2019).
  if (!replace) return topk(add(gumbel(key, [size]), log(p)), count).indices;
  const cumulative = cumsum(p) as Tensor1D;
  const total = slice(cumulative, size - 1, 1);
  const heights = reshape(mul(total, sub(1, uniform(key, draws))), [count]);
  // So that backends without the kernel get what stands for it.
  return intercepted(() => searchSorted(cumulative, heights, 'left'));
}

/** How many elements there are to draw from, and along which axis. */
function population(name: string, x: unknown, axis: number): { size: number; axis: number } {
  checkNumbers(`random.${name}`, { axis }, WHOLE);
  if (typeof x === 'number') {
    checkNumbers(`random.${name}`, { 'the number of elements': x }, COUNT);
    return { size: x, axis: 0 };
  }
  if (!(x instanceof Tensor) || x.rank === 0)
    throw new TypeError(
      `random.${name}: expected a whole number or a tensor of rank 1 or more, got ${describeValue(x)}.`,
    );
  toTensor(x, `random.${name}: elements`);
  const from = axis < 0 ? axis + x.rank : axis;
  if (from < 0 || from >= x.rank)
    throw new RangeError(
      `random.${name}: axis ${axis} is out of bounds for a tensor of shape [${x.shape.join(',')}].`,
    );
  return { size: x.shape[from]!, axis: from };
}
