import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
// With jit, updates are the loops and the ops that users get.
import '../../src';
import * as optim from '../../src/optim';
import { tolerance } from '../support/tolerance';
import { optimizers } from './optimizers';
import reference from './optax_reference.json';

type Nested = number | Nested[];
type Values = { kernel: Nested; bias: Nested; gain: Nested };

const tensors = ({ kernel, bias, gain }: Values): Record<string, tf.Tensor> => ({
  kernel: tf.tensor(kernel as number[][]),
  bias: tf.tensor(bias as number[]),
  gain: tf.scalar(gain as number),
});

/** What magnifies float32's rounding, or 1. */
const magnified = (name: string): number => {
  // Newton-Schulz iterations stretch small singular values.
  if (name.startsWith('muon')) return 50;
  // The variance is a difference of squares, 0 in the first step.
  return name === 'rmsprop centered' ? 10 : 1;
};

/** Errors count beside the largest update of the step: that is what sums cancel down from. */
const close = (found: Record<string, tf.Tensor>, expected: Values, within: number): void => {
  const wanted = [expected.bias, expected.gain, expected.kernel].flat(5) as number[];
  const largest = Math.max(...wanted.map(Math.abs));
  const values = ['bias', 'gain', 'kernel'].flatMap((key) => Array.from(found[key]!.dataSync()));
  expect(values.length).toBe(wanted.length);
  values.forEach((value, i) => expect(Math.abs(value - wanted[i]!)).toBeLessThanOrEqual(within * largest));
};

describe('optimizers make the updates of optax (float64)', () => {
  it('every one that the reference has', () => {
    expect(Object.keys(optimizers).sort()).toEqual(Object.keys(reference.updates).sort());
  });

  for (const [name, make] of Object.entries(optimizers)) {
    it(name, () =>
      tf.tidy(() => {
        const optimizer = make();
        let params = tensors(reference.params);
        let state = optimizer.init(params);
        // Powers of the decay rates, where a backend computes these less exactly, enter the corrections of the bias.
        // TensorFlow's own Adam takes them from 1 in float32: 1.3e-5 of 1 - 0.999, half of that in its square root.
        const within = tf.getBackend() === 'tensorflow' ? 1e-5 : Math.max(2e-6, tolerance().elementary);
        const expected = reference.updates[name as keyof typeof reference.updates];
        reference.gradients.forEach((gradient, step) => {
          const [updates, next] = optimizer.update(tensors(gradient), state, params);
          params = optim.applyUpdates(params, updates);
          state = next;
          close(updates, expected[step] as Values, within * magnified(name));
        });
      }),
    );
  }
});

describe('schedules have the values of optax (float64)', () => {
  const schedules: Record<string, optim.Schedule> = {
    constant: optim.constantSchedule(0.3),
    linear: optim.linearSchedule(1, 0.2, 40, { begin: 10 }),
    polynomial: optim.polynomialSchedule(1, 0.1, 2, 60),
    exponential: optim.exponentialDecay(1, 20, 0.5),
    'exponential staircase': optim.exponentialDecay(2, 20, 0.5, { begin: 7, staircase: true, endValue: 0.3 }),
    cosine: optim.cosineDecaySchedule(1, 80),
    'cosine options': optim.cosineDecaySchedule(1, 80, { alpha: 0.1, exponent: 1.5 }),
    'piecewise constant': optim.piecewiseConstantSchedule(1, { 20: 0.1, 50: 0.5 }),
    'piecewise linear': optim.piecewiseInterpolateSchedule('linear', 1, { 20: 0.1, 50: 5 }),
    'warmup constant': optim.warmupConstantSchedule(0.1, 1, 30),
    'warmup cosine': optim.warmupCosineDecaySchedule({
      peakValue: 1,
      warmupSteps: 10,
      decaySteps: 90,
      endValue: 0.01,
    }),
    'warmup exponential': optim.warmupExponentialDecaySchedule({
      peakValue: 1,
      warmupSteps: 10,
      steps: 20,
      rate: 0.5,
      begin: 5,
    }),
    'cosine one-cycle': optim.cosineOnecycleSchedule(90, 1),
    'linear one-cycle': optim.linearOnecycleSchedule(90, 1),
    join: optim.joinSchedules([() => 1, optim.linearSchedule(0.5, 0, 30)], [25]),
  };

  it('every one that the reference has', () => {
    expect(Object.keys(schedules).sort()).toEqual(Object.keys(reference.schedules).sort());
  });

  for (const [name, schedule] of Object.entries(schedules)) {
    it(name, () =>
      tf.tidy(() => {
        const expected = reference.schedules[name as keyof typeof reference.schedules];
        reference.counts.forEach((count, i) => {
          for (const given of [count, tf.scalar(count, 'int32')]) {
            const value = schedule(given) as tf.Tensor;
            expect(value.shape).toEqual([]);
            expect(value.dtype).toBe('float32');
            expect(Math.abs(value.dataSync()[0]! - expected[i]!), `at ${count}`).toBeLessThan(
              Math.max(1e-6, tolerance().elementary),
            );
          }
        });
      }),
    );
  }
});
