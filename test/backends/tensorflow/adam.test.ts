import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad, jit, tree } from '../../../src';
import { adam, applyUpdates, cosineDecaySchedule } from '../../../src/optim';
import { watch } from './watch';

const start = (): Record<string, tf.Tensor> => ({
  w: tf.randomNormal([5, 3], 0, 1, 'float32', 1),
  b: tf.tensor1d([0, NaN, -2]),
  gain: tf.scalar(0.5),
  none: tf.zeros([0, 4]),
});

const valuesOf = (t: unknown): number[] =>
  (tree.leaves(t) as tf.Tensor[]).flatMap((leaf) => Array.from(leaf.dataSync()));

/** Updates and state after two steps. */
function steps(optimizer: ReturnType<typeof adam>, gradient: Record<string, tf.Tensor>): unknown {
  const [, state] = optimizer.update(gradient, optimizer.init(gradient));
  return optimizer.update(tree.map((g: tf.Tensor) => tf.mul(g, -3), gradient) as never, state);
}

test('Adam is one op of TensorFlow a leaf, which changes no argument and leaves nothing', () => {
  const { ops, left } = watch(() => {
    const gradient = start();
    const optimizer = adam(0.1);
    const state = optimizer.init(gradient);
    const before = valuesOf([gradient, state]);
    optimizer.update(gradient, state);
    expect(valuesOf([gradient, state])).toEqual(before);
  });
  expect(ops.filter((op) => op === 'ResourceApplyAdam').length).toBe(4);
  // The count's, and the scalars'.
  expect(ops.filter((op) => op === 'Sqrt').length).toBe(1);
  expect(left).toBe(0);
});

test('it computes what the composed ops do', () =>
  tf.tidy(() => {
    const gradient = start();
    const native = valuesOf(steps(adam(0.1, { eps: 1e-3 }), gradient));
    // So small a term in the root changes nothing but the way.
    const composed = valuesOf(steps(adam(0.1, { eps: 1e-3, epsRoot: 1e-30 }), gradient));
    native.forEach((v, i) =>
      Number.isNaN(v) ? expect(composed[i]).toBeNaN() : expect(v).toBeCloseTo(composed[i]!, 5),
    );
  }));

test('under jit it is that op, too, and leaves nothing', () => {
  const { ops, left } = watch(() => {
    const gradient = start();
    const optimizer = adam(0.1);
    const update = jit(optimizer.update);
    const state = optimizer.init(gradient);
    const jitted = valuesOf(update(gradient, state));
    valuesOf(optimizer.update(gradient, state)).forEach((v, i) =>
      Number.isNaN(v) ? expect(jitted[i]).toBeNaN() : expect(jitted[i]).toBeCloseTo(v, 5),
    );
    update.dispose();
  });
  expect(ops.filter((op) => op === 'ResourceApplyAdam').length).toBe(8);
  expect(left).toBe(0);
});

test('derivatives go through the jitted update as through the eager one', () =>
  tf.tidy(() => {
    const optimizer = adam(0.1, { eps: 1 });
    const g = tf.tensor1d([1, -2, 3]);
    const total = (x: tf.Tensor1D): tf.Tensor =>
      tf.sum(tf.square(optimizer.update(x, optimizer.init(x))[0] as tf.Tensor));
    const jitted = jit(total);
    const [found, expected] = [grad(jitted)(g), grad(total)(g)] as tf.Tensor[];
    jitted.dispose();
    Array.from(found!.dataSync()).forEach((v, i) => expect(v).toBeCloseTo(expected!.dataSync()[i]!, 5));
  }));

test('a jitted step writes parameters as it goes, whatever the rate is, and changes no argument', () => {
  for (const rateOf of [() => 0.1, () => tf.scalar(0.1), () => cosineDecaySchedule(0.1, 10)]) {
    const { ops, runs, left } = watch(() => {
      const optimizer = adam(rateOf());
      const step = (params: Record<string, tf.Tensor>, state: unknown, gradient: object): unknown[] => {
        const [updates, next] = optimizer.update(gradient, state as never);
        return [applyUpdates(params, updates), next];
      };
      const jitted = jit(step);
      const [params, gradient] = [start(), start()];
      const state = optimizer.init(params);
      const before = valuesOf([params, state, gradient]);
      const expected = valuesOf(step(params, state, gradient));
      for (let i = 0; i < 3; i++)
        valuesOf(jitted(params, state, gradient)).forEach((v, k) =>
          Number.isNaN(v) ? expect(expected[k]).toBeNaN() : expect(v).toBeCloseTo(expected[k]!, 6),
        );
      expect(valuesOf([params, state, gradient])).toEqual(before);
      jitted.dispose();
    });
    // Of the state, and of the eager step alone: a direction begins as zeros.
    expect(ops.filter((op) => op === 'ZerosLike').length).toBe(4 + 8);
    expect(ops.filter((op) => op === 'ResourceApplyAdam').length).toBe(3 * 4);
    // The third call: a graph, whose variables end with it.
    expect(runs).toBe(1);
    expect(left).toBe(0);
  }
});

test('a step that returns its updates, too, or scales leaf by leaf, computes them', () =>
  tf.tidy(() => {
    const optimizer = adam(0.1);
    const [params, gradient] = [start(), start()];
    const step = (state: unknown): unknown[] => {
      const [updates, next] = optimizer.update(gradient, state as never) as [
        Record<string, tf.Tensor>,
        unknown,
      ];
      const squared = tree.map((u: tf.Tensor) => tf.mul(u, u), updates);
      return [applyUpdates(params, updates), updates, applyUpdates(params, squared as never), next];
    };
    const state = optimizer.init(params);
    const jitted = jit(step);
    const expected = valuesOf(step(state));
    valuesOf(jitted(state)).forEach((v, k) =>
      Number.isNaN(v) ? expect(expected[k]).toBeNaN() : expect(v).toBeCloseTo(expected[k]!, 6),
    );
    jitted.dispose();
  }));

test('steps that follow each other in one graph each begin where the one before ended', () =>
  tf.tidy(() => {
    const optimizer = adam(0.1);
    const [params, gradient] = [start(), start()];
    const twice = (given: Record<string, tf.Tensor>, first: unknown): unknown[] => {
      const [updates, state] = optimizer.update(gradient, first as never);
      const moved = applyUpdates(given, updates as never);
      const [more, last] = optimizer.update(moved as never, state);
      return [moved, applyUpdates(moved, more as never), more, last];
    };
    const state = optimizer.init(params);
    const expected = valuesOf(twice(params, state));
    const jitted = jit(twice);
    const { ops, runs } = watch(() => {
      for (let i = 0; i < 4; i++)
        valuesOf(jitted(params, state)).forEach((v, k) =>
          Number.isNaN(v) ? expect(expected[k]).toBeNaN() : expect(v).toBeCloseTo(expected[k]!, 5),
        );
    });
    expect(ops.filter((op) => op === 'ResourceApplyAdam').length).toBe(2 * 8);
    expect(runs).toBe(2);
    jitted.dispose();
  }));
