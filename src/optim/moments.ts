import { add, cast, expm1, mul, neg, scalar, square, type Tensor } from '@tensorflow/tfjs-core';
import { leafwise } from './leafwise';

/** How many updates have been made: an int32 scalar. */
export function zeroCount(): Tensor {
  return scalar(0, 'int32');
}

export function increment(count: Tensor): Tensor {
  return add(count, scalar(1, 'int32'));
}

/** Exponential moving average: decay * average + (1 - decay) * value. */
export function average(decay: number, value: unknown, averages: unknown): unknown {
  const [past, present] = weights(decay);
  return leafwise((a: Tensor, v: Tensor) => add(mul(a, past), mul(v, present)), averages, value);
}

/** The same of the squares. */
export function averageSquare(decay: number, value: unknown, averages: unknown): unknown {
  const [past, present] = weights(decay);
  return leafwise((a: Tensor, v: Tensor) => add(mul(a, past), mul(square(v), present)), averages, value);
}

/** As tensors, made once for all leaves. */
const weights = (decay: number): [past: Tensor, present: Tensor] => [scalar(decay), scalar(1 - decay)];

/** 1 - decay^count, the weight of a moving average that started from zero; by expm1, which keeps all digits where it is small. */
export function totalWeight(decay: number, count: Tensor): Tensor {
  return neg(expm1(mul(cast(count, 'float32'), Math.log(decay))));
}
