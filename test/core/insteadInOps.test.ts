import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, jit, jvp, vmap } from '../../src';
import { checkGrads } from '../../src/testing';
import { tolerance } from '../support/tolerance';

type Loss = (y: tf.Tensor, x: tf.Tensor) => tf.Tensor;

// Labels whose rows do not sum to 1, and a logit at 0.
const labels = (): tf.Tensor => tf.tensor2d([0.2, 0.5, 0.1, 1, 0, 0.7], [2, 3]);
const logits = (): tf.Tensor => tf.tensor2d([0.3, -1, 2, 0, 0.4, -0.6], [2, 3]);
const weights = (): tf.Tensor => tf.tensor1d([0.5, 2]);

describe('losses of tfjs by labels and logits', () => {
  const losses: [string, Loss][] = [
    ['softmaxCrossEntropy', (y, x) => tf.losses.softmaxCrossEntropy(y, x, weights(), 0.1)],
    ['sigmoidCrossEntropy', (y, x) => tf.losses.sigmoidCrossEntropy(y, x, undefined, 0.1)],
    ['logSoftmax', (y, x) => tf.mul(y, tf.logSoftmax(x))],
    ['logSigmoid', (y, x) => tf.mul(y, tf.logSigmoid(x))],
  ];
  it.each(losses)('%s: both orders', (_, loss) =>
    tf.tidy(() => checkGrads(loss, [labels(), logits()], { tolerance: tolerance().differences })),
  );
});

describe('cross entropies', () => {
  const both = (loss: (y: tf.Tensor, x: tf.Tensor) => tf.Tensor) =>
    grad(({ y, x }: { y: tf.Tensor; x: tf.Tensor }) => tf.sum(loss(y, x)) as tf.Scalar);
  const perExample: Loss = (y, x) =>
    tf.losses.softmaxCrossEntropy(y, x, undefined, 0, tf.Reduction.NONE) as tf.Tensor;

  it('of softmax: -log p by the labels, also mapped, compiled and forward', () =>
    tf.tidy(() => {
      const y = labels();
      const x = logits();
      const near = (found: tf.Tensor, expected: tf.Tensor): void =>
        expect(tf.max(tf.abs(tf.sub(found, expected))).dataSync()[0]).toBeLessThan(tolerance().reordered * 4);
      const expected = tf.neg(tf.logSoftmax(x));
      const whole = both(perExample);
      const compiled = jit(whole);
      near(whole({ y, x }).y, expected);
      near(vmap(whole)({ y, x }).y, expected);
      near(compiled({ y, x }).y, expected);
      compiled.dispose();
      near(jvp((v: tf.Tensor) => perExample(v, x), [y], [tf.onesLike(y)])[1], tf.sum(expected, 1));
    }));

  it('of sigmoids: p - y at a logit of 0', () =>
    tf.tidy(() => {
      const at = { y: tf.tensor1d([0, 1]), x: tf.zeros([2]) };
      const g = both((y, x) => tf.losses.sigmoidCrossEntropy(y, x, undefined, 0, tf.Reduction.NONE));
      expect([...g(at).x.dataSync()]).toEqual([0.5, -0.5]);
    }));
});
