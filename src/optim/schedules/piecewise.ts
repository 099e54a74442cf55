import {
  add,
  cast,
  cos,
  div,
  greaterEqual,
  less,
  logicalAnd,
  mul,
  scalar,
  sub,
  where,
} from '@tensorflow/tfjs-core';
import { describeValue } from '../../core/errors';
import { checkNumbers, NOT_NEGATIVE } from '../../core/numbers';
import { schedule, type TensorSchedule } from './schedule';

/** Factors by the count at which they apply; each multiplies the value before it. */
export type Scales = Readonly<Record<number, number>>;

function sorted(name: string, scales: Scales): [boundary: number, scale: number][] {
  if (typeof scales !== 'object' || scales === null)
    throw new TypeError(`${name}: expected factors by their counts, got ${describeValue(scales)}.`);
  const entries = Object.entries(scales).map(([boundary, scale]): [number, number] => [
    Number(boundary),
    scale,
  ]);
  for (const [boundary, scale] of entries) {
    checkNumbers(name, { boundary, [`the factor at ${boundary}`]: scale }, NOT_NEGATIVE);
  }
  return entries.sort(([a], [b]) => a - b);
}

/**
 * A constant that is multiplied by a factor from each boundary on: a step schedule.
 *
 * @example
 * ```ts
 * const rate = piecewiseConstantSchedule(0.1, { 60: 0.2, 120: 0.5 });
 * [0, 59, 60, 120].map(rate); // [0.1, 0.1, 0.02, 0.01]
 * ```
 */
export function piecewiseConstantSchedule(initValue: number, scales: Scales): TensorSchedule {
  const steps = sorted('piecewiseConstantSchedule', scales);
  return schedule('piecewiseConstantSchedule', { initValue }, (count) => {
    let value = scalar(initValue);
    for (const [boundary, scale] of steps) {
      value = mul(value, where(greaterEqual(count, boundary), scalar(scale), scalar(1)));
    }
    return value;
  });
}

/**
 * Like it, but with values between the boundaries interpolated along a line or half a cosine's period.
 *
 * @param kind 'linear' or 'cosine'
 * @example
 * ```ts
 * [0, 5, 10, 15].map(piecewiseInterpolateSchedule('linear', 0.1, { 10: 0.5, 20: 0.2 })); // [0.1, 0.075, 0.05, 0.03]
 * ```
 */
export function piecewiseInterpolateSchedule(
  kind: 'linear' | 'cosine',
  initValue: number,
  scales: Scales,
): TensorSchedule {
  const name = 'piecewiseInterpolateSchedule';
  if (kind !== 'linear' && kind !== 'cosine')
    throw new TypeError(`${name}: kind must be 'linear' or 'cosine', got ${describeValue(kind)}.`);
  const steps = sorted(name, scales);
  return schedule(name, { initValue }, (count) => {
    let from = 0;
    let start = initValue;
    let value = mul(count, 0);
    for (const [to, scale] of steps) {
      const end = start * scale;
      const share = div(sub(count, from), Math.max(to - from, 1));
      const between =
        kind === 'linear'
          ? add(mul(end - start, share), start)
          : add(end, mul((start - end) / 2, add(1, cos(mul(Math.PI, share)))));
      const inside = logicalAnd(greaterEqual(count, from), less(count, to));
      value = add(value, mul(cast(inside, 'float32'), between));
      [from, start] = [to, end];
    }
    return add(value, mul(cast(greaterEqual(count, from), 'float32'), start));
  });
}
