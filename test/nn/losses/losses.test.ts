import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, jit } from '../../../src';
import * as nn from '../../../src/nn';
import { checkGrads } from '../../../src/testing';
import { losses as reference } from '../../optim/optax_reference.json';

const close = (found: tf.Tensor, expected: number[] | number[][], digits = 5): void => {
  expect(found.size).toBe(expected.flat().length);
  const values = found.dataSync();
  expected.flat().forEach((e, i) => expect(values[i]).toBeCloseTo(e, digits));
};

const logits = (): tf.Tensor => tf.tensor2d(reference.logits);
const integer = (): tf.Tensor => tf.tensor1d(reference.integer, 'int32');
const binary = (): tf.Tensor => tf.tensor2d(reference.binary);
const probabilities = (): tf.Tensor => tf.tensor2d(reference.probabilities);

describe('losses have the values of optax (float64)', () => {
  const cases: Record<string, [() => tf.Tensor, number[] | number[][]]> = {
    softmaxCrossEntropy: [
      () => nn.softmaxCrossEntropy(logits(), probabilities()),
      reference.softmaxCrossEntropy,
    ],
    'with integer labels': [
      () => nn.softmaxCrossEntropyWithIntegerLabels(logits(), integer()),
      reference.withIntegerLabels,
    ],
    'with smoothed labels': [
      () => nn.softmaxCrossEntropyWithIntegerLabels(logits(), integer(), { labelSmoothing: 0.1 }),
      reference.smoothed,
    ],
    sigmoidBinaryCrossEntropy: [
      () => nn.sigmoidBinaryCrossEntropy(logits(), binary()),
      reference.sigmoidBinaryCrossEntropy,
    ],
    l2Loss: [() => nn.l2Loss(logits(), binary()), reference.l2],
    huberLoss: [() => nn.huberLoss(logits(), binary(), { delta: 0.7 }), reference.huber],
  };
  for (const [name, [loss, expected]] of Object.entries(cases)) {
    it(name, () => tf.tidy(() => close(loss(), expected)));
  }
});

describe('derivatives', () => {
  it('to second order', () =>
    tf.tidy(() => {
      const [p, z, b] = [probabilities(), integer(), binary()];
      checkGrads((x: tf.Tensor) => nn.softmaxCrossEntropy(x, p, { labelSmoothing: 0.2 }), [logits()]);
      checkGrads((x: tf.Tensor) => nn.softmaxCrossEntropyWithIntegerLabels(x, z), [logits()]);
      checkGrads((x: tf.Tensor) => nn.sigmoidBinaryCrossEntropy(x, b), [logits()]);
      checkGrads((x: tf.Tensor) => nn.l2Loss(x, b), [logits()]);
      checkGrads((x: tf.Tensor) => nn.huberLoss(x, tf.zerosLike(x), { delta: 0.4 }), [tf.tensor1d([5, -3])]);
      checkGrads(
        (x: tf.Tensor) => nn.huberLoss(x, tf.zerosLike(x), { delta: 4 }),
        [tf.tensor1d([0.5, -0.3])],
      );
    }));

  it('of the sigmoid cross-entropy at 0 is 1/2 - p', () =>
    tf.tidy(() => {
      const g = grad((x: tf.Tensor) => tf.sum(nn.sigmoidBinaryCrossEntropy(x, tf.tensor1d([0, 1, 0.3]))));
      close(g(tf.zeros([3])), [0.5, -0.5, 0.2]);
    }));

  it('are the same jitted', () =>
    tf.tidy(() => {
      const loss = (x: tf.Tensor, y: tf.Tensor): tf.Tensor =>
        tf.mean(nn.softmaxCrossEntropyWithIntegerLabels(x, y, { labelSmoothing: 0.1 }));
      const step = jit(grad(loss));
      const [x, y] = [logits(), integer()];
      const expected = Array.from(grad(loss)(x, y).dataSync());
      close(tf.reshape(step(x, y), [12]), expected, 6);
      step.dispose();
    }));
});

describe('logits of 1e4', () => {
  it('give finite losses and gradients', () =>
    tf.tidy(() => {
      const x = tf.tensor2d([
        [1e4, -1e4, 0],
        [-1e4, 1e4, 1e4],
      ]);
      const y = tf.tensor1d([1, 0], 'int32');
      const loss = (t: tf.Tensor): tf.Tensor => tf.sum(nn.softmaxCrossEntropyWithIntegerLabels(t, y));
      close(nn.softmaxCrossEntropyWithIntegerLabels(x, y), [2e4, 2e4 + Math.log(2)], 2);
      close(tf.reshape(grad(loss)(x), [6]), [1, -1, 0, -1, 0.5, 0.5]);
      const z = tf.tensor1d([1e4, -1e4, 1e4, -1e4]);
      const p = tf.tensor1d([1, 0, 0, 1]);
      close(nn.sigmoidBinaryCrossEntropy(z, p), [0, 0, 1e4, 1e4]);
      close(grad((t: tf.Tensor) => tf.sum(nn.sigmoidBinaryCrossEntropy(t, p)))(z), [0, 0, 1, -1]);
    }));

  it('keep the digits of small losses', () =>
    tf.tidy(() => {
      const small = nn.sigmoidBinaryCrossEntropy(tf.tensor1d([20]), tf.tensor1d([1])).dataSync()[0]!;
      expect(small / Math.log1p(Math.exp(-20))).toBeCloseTo(1, 5);
    }));
});

describe('accuracy', () => {
  const x = (): tf.Tensor =>
    tf.tensor2d([
      [1, 3, 2],
      [5, 4, 3],
      [0, 0, 0],
      [NaN, 1, 0],
    ]);
  const of = (labels: number[], k: number): number =>
    tf.tidy(() => nn.topKAccuracy(x(), tf.tensor1d(labels, 'int32'), k).dataSync()[0]!);

  it('top 1, top k, ties and NaN', () => {
    expect(of([1, 0, 0, 0], 1)).toBe(0.75);
    expect(of([1, 0, 2, 1], 1)).toBe(0.5);
    expect(of([2, 1, 1, 2], 2)).toBe(0.75);
    expect(of([2, 1, 2, 2], 2)).toBe(0.5);
  });

  it('counts a constant network as chance', () =>
    tf.tidy(() => {
      const labels = tf.tensor1d([0, 1, 2, 3], 'int32');
      expect(nn.accuracy(tf.zeros([4, 4]), labels).dataSync()[0]).toBe(0.25);
      expect(nn.accuracy(tf.fill([4, 4], NaN), labels).dataSync()[0]).toBe(0);
    }));
});

describe('named errors', () => {
  it.each([
    [() => nn.softmaxCrossEntropy(tf.zeros([2, 3]), tf.zeros([2, 2])), /same shape.*\[2,3\].*\[2,2\]/],
    [
      () => nn.softmaxCrossEntropyWithIntegerLabels(tf.zeros([2, 3]), tf.zeros([2])),
      /labels must be an int32/,
    ],
    [
      () => nn.softmaxCrossEntropyWithIntegerLabels(tf.zeros([2, 3]), tf.zeros([3], 'int32')),
      /without the last axis/,
    ],
    [() => nn.softmaxCrossEntropy(tf.zeros([2]), tf.zeros([2]), { labelSmoothing: 1 }), /labelSmoothing/],
    [() => nn.l2Loss(tf.zeros([2], 'int32'), tf.zeros([2])), /predictions must be a float32/],
    [() => nn.huberLoss(tf.zeros([2]), tf.zeros([2]), { delta: 0 }), /delta/],
    [() => nn.topKAccuracy(tf.zeros([2, 3]), tf.zeros([2], 'int32'), 4), /topKAccuracy: k must be at most 3/],
  ])('%#', (f, message) =>
    tf.tidy(() => {
      expect(f).toThrow(message);
    }),
  );
});
