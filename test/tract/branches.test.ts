import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, jit, jvp, lax, tract, vmap } from '../../src';
import { isStandIn } from '../support/runs';
import { relativeError } from './oracle';
import { uniform } from './problem';

type P = Record<string, tf.Tensor>;

const inTidy = (name: string, body: () => void): void => it(name, () => tf.tidy(body));
const close = (found: tf.Tensor, expected: tf.Tensor, tolerance = 2e-5): void =>
  expect(relativeError([Array.from(found.dataSync())], [Array.from(expected.dataSync())])).toBeLessThan(
    tolerance,
  );
const alike = (found: P, expected: P): void => {
  for (const key in expected) close(found[key]!, expected[key]!);
};

const params = (): P => ({ w: uniform([3, 4], 'w'), v: uniform([4, 2], 'v') });
const x = (): tf.Tensor => uniform([6, 3], 'x');
const half = (u: tf.Tensor): tf.Tensor => tf.mul(u, 0.5);

type Branch = (q: P, u: tf.Tensor) => tf.Tensor;
const direct: Branch = (q, u) => tf.tanh(tf.matMul(u, q.w!));
const dimmed: Branch = (q, u) => tf.matMul(half(u), q.w!);
const head = (p: P, h: tf.Tensor): tf.Tensor => tf.mean(tf.square(tf.matMul(h, p.v!)));

const chosen = (p: P, u: tf.Tensor, pred: tf.Tensor): tf.Tensor =>
  head(p, lax.cond(pred, direct, dimmed, p, u));
const alone =
  (branch: Branch) =>
  (p: P, u: tf.Tensor): tf.Tensor =>
    head(p, branch(p, u));

describe('tract sees into lax.cond', () => {
  const truths = [true, false] as const;
  const expected = (truth: boolean): P => grad(tract(alone(truth ? direct : dimmed)))(params(), x());
  const flag = (truth: boolean): tf.Tensor => tf.scalar(truth, 'bool');

  inTidy('the branch that is taken is what counts', () => {
    for (const truth of truths) alike(grad(tract(chosen))(params(), x(), flag(truth)), expected(truth));
    const layer = { parameters: ['w'], b: 6, n: 3, m: 4 };
    // Where the choice can't be read, both branches are there.
    const isOpen = isStandIn();
    const { layers } = tract.describe(chosen, params(), x(), flag(true));
    expect(layers).toMatchObject(isOpen ? [layer, layer] : [layer]);
  });

  inTidy('under jit, where the choice is open', () => {
    const step = jit((p: P, u: tf.Tensor, pred: tf.Tensor) => grad(tract(chosen))(p, u, pred));
    const inner = jit(tract(chosen));
    for (const truth of truths) {
      alike(step(params(), x(), flag(truth)), expected(truth));
      alike(grad(inner)(params(), x(), flag(truth)), expected(truth));
    }
    for (const compiled of [step, inner]) compiled.dispose();
  });

  inTidy('under vmap, where each example chooses', () => {
    const flags = tf.tensor1d([true, false], 'bool');
    const found = vmap((pred: tf.Tensor) => grad(tract(chosen))(params(), x(), pred))(flags);
    close(found.w!, tf.stack(truths.map((truth) => expected(truth).w!)));
    close(found.v!, tf.stack(truths.map((truth) => expected(truth).v!)));
  });

  inTidy('in forward mode', () => {
    for (const truth of truths) {
      const tangents = { w: uniform([3, 4], 'dw'), v: uniform([4, 2], 'dv') };
      const moved = (f: (p: P) => tf.Tensor): tf.Tensor => jvp(f, [params()], [tangents])[1];
      const compiled = jit(tract(chosen));
      const best = moved((p) => tract(alone(truth ? direct : dimmed))(p, x()));
      close(
        moved((p) => tract(chosen)(p, x(), flag(truth))),
        best,
      );
      close(
        moved((p) => compiled(p, x(), flag(truth))),
        best,
      );
      compiled.dispose();
    }
  });

  inTidy('what a branch returns is no weight', () => {
    // A layer behind a first layer is a later one, also when the first is in a branch.
    const deep = (p: P, u: tf.Tensor, pred: tf.Tensor): tf.Tensor =>
      tf.sum(tf.matMul(tf.ones([5, 6]), lax.cond(pred, direct, dimmed, p, u)));
    const plain = (p: P, u: tf.Tensor): tf.Tensor => tf.sum(tf.matMul(tf.ones([5, 6]), direct(p, u)));
    alike(grad(tract(deep))(params(), x(), flag(true)), grad(tract(plain))(params(), x()));
    const compiled = jit(grad(tract(deep)));
    alike(compiled(params(), x(), flag(true)), grad(tract(plain))(params(), x()));
    compiled.dispose();
  });

  inTidy('in a loop', () => {
    const xs = uniform([4, 6, 3], 'xs');
    const gated = (p: P, u: tf.Tensor): tf.Tensor => {
      const each = (row: tf.Tensor): tf.Tensor =>
        lax.cond(tf.greater(tf.sum(row), 1e6), direct, dimmed, p, row);
      return tf.sum(lax.map((row: tf.Tensor) => tf.sum(tf.square(each(row))), u));
    };
    // Which rows count is not known: each step has an A of its own.
    const apart = tf.addN(
      [0, 1, 2, 3].map(
        (t) =>
          grad(tract((p: P, u: tf.Tensor) => tf.sum(tf.square(dimmed(p, u)))))(
            params(),
            tf.reshape(tf.slice(xs, [t], [1]), [6, 3]),
          ).w!,
      ),
    );
    close(grad(tract(gated))(params(), xs).w!, apart);
  });
});
