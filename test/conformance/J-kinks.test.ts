import * as tf from '@tensorflow/tfjs-core';
import { describe } from 'vitest';
import { grad, jvp } from '../../src';
import { close, line } from '../support/line';

type F = (x: tf.Tensor) => tf.Tensor;

const [zero, two] = [() => tf.scalar(0), () => tf.scalar(2)];

/** The division of webgl (tfjs 4.22) calls the quotient of equal numbers 1, also of zeros. */
const zeroByZero = tf.getBackend() === 'webgl' ? 1 : NaN;

/** The unit vector along one entry of a vector. */
const basis = (x: tf.Tensor, i: number): tf.Tensor =>
  tf.tensor1d(Array.from({ length: x.size }, (_, k) => (k === i ? 1 : 0)));

/** At a kink both modes agree with JAX's choice, whatever tfjs's own is. */
const kinks: [
  name: string,
  f: F,
  at: () => tf.Tensor,
  expected: number | number[],
  forward?: number | number[],
][] = [
  ['abs at 0', tf.abs, zero, 1],
  ['abs at -2', tf.abs, () => tf.scalar(-2), -1],
  ['max of [2, 2, 1]', (x) => tf.max(x), () => tf.tensor1d([2, 2, 1]), [0.5, 0.5, 0]],
  ['min of [1, 1, 2]', (x) => tf.min(x), () => tf.tensor1d([1, 1, 2]), [0.5, 0.5, 0]],
  ['max of three equal', (x) => tf.max(x), () => tf.tensor1d([3, 3, 3]), [1 / 3, 1 / 3, 1 / 3]],
  ['maximum(x, 2) at 2', (x) => tf.maximum(x, 2), two, 0.5],
  ['maximum(2, x) at 2', (x) => tf.maximum(2, x), two, 0.5],
  ['minimum(x, 2) at 2', (x) => tf.minimum(x, 2), two, 0.5],
  ['minimum(2, x) at 2', (x) => tf.minimum(2, x), two, 0.5],
  ['clip at its upper bound', (x) => tf.clipByValue(x, 0, 2), two, 0.5],
  ['clip at its lower bound', (x) => tf.clipByValue(x, 0, 2), zero, 0.5],
  ['clip inside', (x) => tf.clipByValue(x, 0, 2), () => tf.scalar(1), 1],
  ['clip outside', (x) => tf.clipByValue(x, 0, 2), () => tf.scalar(3), 0],
  ['relu at 0', tf.relu, zero, 0],
  ['sqrt at 0', tf.sqrt, zero, Infinity],
  // Backwards the gradient of the root comes first: 0 times infinity.
  ['norm at 0', (x) => tf.norm(x), () => tf.tensor1d([0, 0]), [NaN, NaN], [zeroByZero, zeroByZero]],
  // 0 / sqrt 0, backwards only: the tangent of the branch not taken is not looked at.
  [
    'where(x > 0, sqrt x, 0) at 0',
    (x) => tf.where(tf.greater(x, 0), tf.sqrt(x), tf.zerosLike(x)),
    zero,
    zeroByZero,
    0,
  ],
  [
    'the double-where idiom at 0',
    (x) => {
      const safe = tf.where(tf.greater(x, 0), x, tf.onesLike(x));
      return tf.where(tf.greater(x, 0), tf.sqrt(safe), tf.zerosLike(x));
    },
    zero,
    0,
  ],
  ['sign', tf.sign, () => tf.scalar(0.3), 0],
  ['floor', tf.floor, () => tf.scalar(1), 0],
  ['ceil', tf.ceil, () => tf.scalar(1), 0],
  ['round', tf.round, () => tf.scalar(0.5), 0],
];

describe('J. kinks', () => {
  for (const [name, f, at, expected, forward = expected] of kinks) {
    line(`87. ${name}`, () => {
      close(grad((x: tf.Tensor) => tf.sum(f(x)))(at()), expected);
      // Forward mode, one direction at a time.
      const x = at();
      const slope = Array.isArray(expected)
        ? expected.map((_, i) => jvp(f, [x], [basis(x, i)])[1])
        : jvp(f, [x], [tf.onesLike(x)])[1];
      close(slope, forward);
    });
  }
});
