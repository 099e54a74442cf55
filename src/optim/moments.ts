import { add, cast, expm1, mul, neg, scalar, square, type Tensor } from '@tensorflow/tfjs-core';
import { onePass } from '../core/onePass';
import { elementwise } from './leafwise';

/** How many updates have been made: an int32 scalar. */
export function zeroCount(): Tensor {
  return scalar(0, 'int32');
}

export function increment(count: Tensor): Tensor {
  return add(count, scalar(1, 'int32'));
}

/** past * average + present * value: with past = decay and present = 1 - decay, an exponential moving average. */
export const follow = (average: Tensor, value: Tensor, past: Tensor, present: Tensor): Tensor =>
  add(mul(average, past), mul(value, present));

/** The same of the squares. */
export const followSquare = (average: Tensor, value: Tensor, past: Tensor, present: Tensor): Tensor =>
  follow(average, square(value), past, present);

const averaged = elementwise(1, (a, v, past, present) => [follow(a!, v!, past!, present!)]);

/** Exponential moving average: decay * average + (1 - decay) * value. */
export function average(decay: number, value: unknown, averages: unknown): unknown {
  return averaged([averages, value], decay, 1 - decay)[0];
}

/** 1 - decay^t = -expm1(t log decay), which keeps all digits where it is small. */
export const weightAt = (t: Tensor, logDecay: Tensor): Tensor => neg(expm1(mul(t, logDecay)));

const weight = onePass(1, (count, logDecay) => [weightAt(cast(count!, 'float32'), logDecay!)]);

/** 1 - decay^count, the weight of a moving average that started from zero. */
export function totalWeight(decay: number, count: Tensor): Tensor {
  return weight([[count]], [Math.log(decay)])[0]![0]!;
}
