import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { jit, valueAndGrad } from '../../../src';
import { dispatchesOf, total } from '../../support/dispatches';

type F = (...xs: tf.Tensor[]) => tf.Tensor | tf.Tensor[];

/** Compares a jitted function with itself as it is, and counts the dispatches of both. */
function compare(f: F, ...xs: tf.Tensor[]): { eager: number; jitted: number } {
  const g = jit(f);
  let found: tf.Tensor[] = [];
  let expected: tf.Tensor[] = [];
  const run = (): void => void (found = [g(...xs) as tf.Tensor | tf.Tensor[]].flat());
  run();
  const jitted = total(dispatchesOf(run));
  const eager = total(dispatchesOf(() => void (expected = [f(...xs)].flat())));
  g.dispose();
  found.forEach((t, i) => {
    expect([t.dtype, t.shape]).toEqual([expected[i]!.dtype, expected[i]!.shape]);
    const [a, b] = [t.dataSync(), expected[i]!.dataSync()];
    for (let k = 0; k < a.length; k++) {
      const isEqual = Object.is(a[k], b[k]) || a[k] === b[k];
      if (!isEqual && !(Math.abs(a[k]! - b[k]!) <= 1e-5 * (1 + Math.abs(b[k]!))))
        expect.fail(`output ${i}, element ${k}: ${a[k]} is not ${b[k]}`);
    }
  });
  return { eager, jitted };
}

const normal = (shape: number[], seed: number): tf.Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);

const normalize: F = (x, gain, shift) => {
  const centred = tf.sub(x!, tf.mean(x!, -1, true));
  const scale = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), 1e-5));
  return tf.add(tf.mul(tf.mul(centred, scale), gain!), shift!);
};

describe('calls and reductions along rows', () => {
  it.each([[[3, 2]], [[7, 10]], [[2, 5, 64]], [[2, 3, 65]], [[3, 300]], [[65, 1024]]])(
    'a normalisation of %j is one dispatch',
    (shape) =>
      tf.tidy(() => {
        const n = shape.at(-1)!;
        const { eager, jitted } = compare(normalize, normal(shape, 1), normal([n], 2), normal([n], 3));
        expect(eager).toBeGreaterThan(6);
        expect(jitted).toBe(1);
      }),
  );

  it('its gradients, of which sums over rows remain', () =>
    tf.tidy(() => {
      const loss = (x: tf.Tensor, gain: tf.Tensor, shift: tf.Tensor): tf.Tensor =>
        tf.sum(tf.sin(normalize(x, gain, shift) as tf.Tensor));
      const f: F = (x, gain, shift) =>
        valueAndGrad(loss, { argnums: [0, 1, 2] })(x!, gain!, shift!)[1] as unknown as tf.Tensor[];
      const { eager, jitted } = compare(f, normal([4, 6, 20], 1), normal([20], 2), normal([20], 3));
      expect(jitted).toBeLessThan(eager / 2);
    }));

  it('a cross-entropy, with values that are stored on the way and outputs of each kind', () =>
    tf.tidy(() => {
      const labels = tf.oneHot(tf.tensor1d([0, 4, 2, 1, 3, 4, 0], 'int32'), 5);
      const f: F = (logits) => {
        const shifted = tf.sub(logits!, tf.max(logits!, -1, true));
        const logSum = tf.log(tf.sum(tf.exp(shifted), -1, true));
        const logits2 = tf.sub(shifted, logSum);
        const picked = tf.sum(tf.mul(logits2, labels), -1);
        return [picked, logSum, tf.greater(logits2, -1.5), tf.exp(logits2), tf.min(shifted, -1)];
      };
      expect(compare(f, normal([7, 5], 4)).jitted).toBeLessThanOrEqual(2);
    }));

  it('NaN and infinities in a row stay in that row', () =>
    tf.tidy(() => {
      const x = tf.tensor2d([
        [1, NaN, 3],
        [Infinity, 2, 1],
        [-Infinity, -Infinity, 0],
        [1, 2, 3],
      ]);
      const f: F = (t) => {
        const most = tf.max(t!, 1, true);
        return [most, tf.sum(tf.sub(t!, most), 1), tf.min(tf.mul(t!, 2), 1)];
      };
      const g = jit(f);
      const [most, sums, least] = (g(x) as tf.Tensor[]).map((t) => Array.from(t.dataSync()));
      g.dispose();
      expect(most).toEqual([NaN, Infinity, 0, 3]);
      expect(sums).toEqual([NaN, NaN, -Infinity, -3]);
      expect(least).toEqual([NaN, 2, -Infinity, 2]);
    }));

  it('rows of rows, broadcast in the middle, reduced elsewhere and reshaped between', () =>
    tf.tidy(() => {
      const f: F = (x, y) => {
        const a = tf.mul(tf.add(x!, y!), 2);
        const flat = tf.reshape(a, [6, 4]);
        const b = tf.sub(flat, tf.sum(flat, 1, true));
        return [
          tf.reshape(b, [2, 3, 4]),
          tf.sum(a, 0),
          tf.sum(tf.exp(tf.neg(b))),
          tf.reshape(tf.max(b, 1), [2, 3]),
        ];
      };
      compare(f, normal([2, 3, 4], 1), normal([2, 1, 4], 2));
      compare(f, normal([2, 3, 4], 1), normal([3, 1], 2));
      // As many rows as elements in each.
      const square: F = (x, v) => {
        const a = tf.mul(tf.sub(x!, tf.mean(x!, 1, true)), v!);
        return [a, tf.sum(a, 1), tf.max(tf.add(a, tf.reshape(tf.sum(a, 1), [1, 4])), 1)];
      };
      compare(square, normal([4, 4], 1), normal([4], 2));
      compare(square, normal([4, 4], 1), normal([4, 1], 2));
    }));

  it('truths and integers among what is read', () =>
    tf.tidy(() => {
      const f: F = (x, mask, n) => {
        const kept = tf.where(mask!, x!, tf.zerosLike(x!));
        const share = tf.div(kept, tf.sum(kept, 1, true));
        return [tf.mul(share, tf.cast(n!, 'float32')), tf.logicalNot(tf.greater(share, 0.2))];
      };
      const mask = tf.greater(normal([5, 6], 1), 0);
      compare(f, tf.add(tf.abs(normal([5, 6], 2)), 0.5), mask, tf.tensor1d([1, 2, 3, 4, 5, 6], 'int32'));
    }));
});
