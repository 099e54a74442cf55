import '@tensorflow/tfjs-core/dist/register_all_gradients';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad } from '../../src';

type F = (x: tf.Tensor) => tf.Tensor;

const ours = (f: F): F => grad((x: tf.Tensor) => grad(f)(x));
const native = (f: F): F => tf.grad((x) => tf.grad(f)(x));

// The right value, then what tf.grad of tf.grad says; for the last ones it throws (and leaks, so it is not called).
const cases: [name: string, f: F, right: number, wrong?: number][] = [
  ['x e^x', (x) => tf.mul(x, tf.exp(x)), 4.1218032, 3.297],
  ['x tanh x', (x) => tf.mul(x, tf.tanh(x)), 1.2094645, 1.573],
  ['swish', (x) => tf.mul(x, tf.sigmoid(x)), 0.441229, 0.47],
  ['tanh^2', (x) => tf.square(tf.tanh(x)), 0.5652093, 1.237],
  ['e^x + x^2', (x) => tf.add(tf.exp(x), tf.square(x)), 3.6487213, 2],
  ['tanh', (x) => tf.tanh(x), -0.72686201],
  ['e^x', (x) => tf.exp(x), 1.64872122],
  ['sigmoid', (x) => tf.sigmoid(x), -0.0575568],
];

describe('second derivatives at 0.5, where tf.grad of tf.grad is wrong', () => {
  it.each(cases)('%s', (_, f, right, wrong) =>
    tf.tidy(() => {
      const at = tf.scalar(0.5);
      expect(ours(f)(at).dataSync()[0]).toBeCloseTo(right, 5);
      if (wrong !== undefined) expect(native(f)(at).dataSync()[0]).toBeCloseTo(wrong, 2);
    }),
  );

  it('a tanh MLP', () =>
    tf.tidy(() => {
      const [w1, w2] = [tf.tensor2d([[0.3, -0.7]]), tf.tensor2d([[1.1], [0.4]])];
      const mlp: F = (x) => tf.sum(tf.matMul(tf.tanh(tf.matMul(tf.reshape(x, [1, 1]), w1)), w2));
      const at = tf.scalar(0.5);
      // (1.1 tanh(0.3 x) + 0.4 tanh(-0.7 x))'' = sum of -2 w2 w1^2 t (1 - t^2), in float64.
      const term = (a: number, b: number): number => {
        const t = Math.tanh(0.5 * a);
        return -2 * b * a * a * t * (1 - t * t);
      };
      const right = term(0.3, 1.1) + term(-0.7, 0.4);
      expect(ours(mlp)(at).dataSync()[0]).toBeCloseTo(right, 5);
      // tf.grad of tf.grad throws on it alone, and is silently wrong where it is a factor: (x f)'' = 2 f' + x f''.
      const first = (a: number, b: number): number => b * a * (1 - Math.tanh(0.5 * a) ** 2);
      const timesX: F = (x) => tf.mul(x, mlp(x));
      const product = 2 * (first(0.3, 1.1) + first(-0.7, 0.4)) + 0.5 * right;
      expect(ours(timesX)(at).dataSync()[0]).toBeCloseTo(product, 5);
      expect(native(timesX)(at).dataSync()[0]).toBeCloseTo(0.1487, 3);
    }));
});

describe('code written for tf.grad has the same first derivatives', () => {
  const x = (): tf.Tensor =>
    tf.tensor2d([
      [0.3, -1.2, 0.8],
      [1.5, 0.4, -0.6],
    ]);
  const functions: Record<string, F> = {
    'softmax cross-entropy': (t) =>
      tf.losses.softmaxCrossEntropy(
        tf.tensor2d([
          [1, 0, 0],
          [0, 0, 1],
        ]),
        t,
      ),
    'log softmax': (t) =>
      tf.sum(
        tf.mul(
          tf.logSoftmax(t),
          tf.tensor2d([
            [1, 2, 3],
            [4, 5, 6],
          ]),
        ),
      ),
    'layer normalisation': (t) => {
      const { mean, variance } = tf.moments(t, 1, true);
      return tf.sum(tf.pow(tf.div(tf.sub(t, mean), tf.sqrt(tf.add(variance, 1e-3))), 3));
    },
    'norm and max': (t) => tf.add(tf.norm(t), tf.max(t)),
    'values read in the body': (t) => tf.mul(tf.sum(tf.square(t)), t.dataSync()[0]!),
    'slices and concatenation': (t) =>
      tf.sum(
        tf.square(
          tf.concat(
            [
              tf.slice(t, [0, 1]),
              tf.slice(
                tf.pad(tf.slice(t, [1, 0], [1, 2]), [
                  [0, 0],
                  [1, 1],
                ]),
                [0, 1],
                [1, 2],
              ),
            ],
            0,
          ),
        ),
      ),
  };
  it.each(Object.entries(functions))('%s', (_, f) =>
    tf.tidy(() => {
      const [found, expected] = [grad(f)(x()).dataSync(), tf.grad(f)(x()).dataSync()];
      found.forEach((v, i) => expect(v).toBeCloseTo(expected[i]!, 5));
    }),
  );

  it('native tf.grad works inside grad, and grad inside tf.grad', () =>
    tf.tidy(() => {
      const cube: F = (t) => tf.sum(tf.mul(t, tf.mul(t, t)));
      const at = tf.tensor1d([1, 2]);
      const inside = grad((t: tf.Tensor) => tf.sum(tf.square(tf.grad(cube)(t))))(at).dataSync();
      const outside = tf
        .grad((t) => tf.sum(tf.square(grad(cube)(t))))(at)
        .dataSync();
      // d sum (3 t^2)^2 = 36 t^3
      expect(Array.from(inside)).toEqual([36, 288]);
      expect(Array.from(outside)).toEqual([36, 288]);
    }));
});
