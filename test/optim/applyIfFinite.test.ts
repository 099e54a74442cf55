import * as tf from '@tensorflow/tfjs-core';
import { describe, expect } from 'vitest';
import { jit } from '../../src';
import { adam, applyIfFinite, sgd, type OptState } from '../../src/optim';
import { close, line, throws } from '../support/line';

describe('applyIfFinite', () => {
  line('skips what is not finite, keeps the state, and lets the third one in a row through', () => {
    const optimizer = applyIfFinite(sgd(1, { momentum: 0.5 }), 2);
    let state = optimizer.init({ w: tf.zeros([2]), b: 0 });
    const step = (w: number[], b: number): unknown => {
      const [updates, next] = optimizer.update({ w: tf.tensor1d(w), b: tf.scalar(b) }, state);
      state = next;
      return updates;
    };
    const nothing = { w: [0, 0], b: 0 };
    close(step([1, 2], 3), { w: [-1, -2], b: -3 });
    close(step([1, NaN], 3), nothing);
    close(step([1, 2], -Infinity), nothing);
    // The momentum is that of the first step.
    close(step([1, 2], 3), { w: [-1.5, -3], b: -4.5 });
    for (let i = 0; i < 2; i++) close(step([Infinity, 2], 3), nothing);
    close(step([1, 2], NaN), { w: [-1.75, -3.5], b: NaN });
    const { notFinite, total } = state as Record<string, tf.Tensor>;
    close([notFinite, total], [3, 5]);
  });
  line('under jit', () => {
    const optimizer = applyIfFinite(adam(0.1), 1);
    const update = jit((g: tf.Tensor, state: OptState) => optimizer.update(g, state));
    const [, state] = update(tf.scalar(NaN), optimizer.init(tf.scalar(0)));
    close(update(tf.scalar(5), state)[0], -0.1);
    update.dispose();
  });
  line('a number of errors that is none', () => {
    for (const n of [-1, 0.5, NaN])
      throws(() => applyIfFinite(sgd(1), n), RangeError, 'maxConsecutiveErrors', `${n}`);
    expect(() => applyIfFinite(sgd(1), 0)).not.toThrow();
  });
});
