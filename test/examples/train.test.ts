import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test, vi } from 'vitest';
import type { Dataset } from '../../examples/mnist/data';
import { type Listener, train } from '../../examples/mnist/train';

/** Images of 28 x 28 with one bright row each, the row telling the class. */
function stripes(count: number): Dataset {
  const pixels = new Uint8Array(count * 28 * 28);
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  labels.forEach((label, i) =>
    pixels.fill(255, (i * 28 + 2 * label + 4) * 28, (i * 28 + 2 * label + 6) * 28),
  );
  return { count, height: 28, width: 28, pixels, labels };
}

const options = { epochs: 1, batch: 8, seed: 'test', lambda: 0.1, rate: 0.01 };
const data = { training: stripes(24), test: stripes(10) };
const listener = (): Listener => ({ step: vi.fn(), evaluating: vi.fn(), epoch: vi.fn() });

describe('training', () => {
  test('a few steps lower the loss by either gradient', async () => {
    const view = listener();
    const steps = 9;
    const { ordinary, tract } = await train(
      options,
      { ...data, training: stripes(steps * options.batch) },
      view,
      new AbortController().signal,
    );
    for (const { losses } of [ordinary, tract]) {
      expect(losses).toHaveLength(steps);
      expect(losses.at(-1)!).toBeLessThan(losses[0]!);
    }
    expect(tract.losses[0]).toBe(ordinary.losses[0]); // same parameters, same batch, same forward values
    expect(tract.losses.at(-1)).not.toBe(ordinary.losses.at(-1));
    expect(view.step).toHaveBeenCalledTimes(steps);
    expect(view.epoch).toHaveBeenCalledOnce();
    expect(ordinary.right).toHaveLength(10);
  });

  test('the same seed gives the same run, another seed another', async () => {
    const run = async (seed: string) => {
      const training = stripes(8);
      const { ordinary, tract } = await train(
        { ...options, seed },
        { ...data, training },
        listener(),
        new AbortController().signal,
      );
      return [ordinary.losses, tract.losses, ordinary.filters, tract.filters];
    };
    const once = await run('a');
    expect(await run('a')).toEqual(once);
    expect(await run('b')).not.toEqual(once);
  });

  test('an abort ends it after the step in progress, with what there is', async () => {
    const controller = new AbortController();
    const view = { ...listener(), step: () => controller.abort() };
    const { ordinary, tract } = await train(options, data, view, controller.signal);
    for (const { losses, epochs } of [ordinary, tract]) {
      expect(losses).toHaveLength(1);
      expect(epochs.map(({ epoch }) => epoch)).toEqual([1 / 3]);
    }
  });

  test('an abort before the first step leaves nothing to report', async () => {
    const { ordinary } = await train(options, data, listener(), AbortSignal.abort());
    expect(ordinary.epochs).toEqual([]);
  });

  test('an error leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    const fail = () => {
      throw new Error('no room to draw');
    };
    const training = train(options, data, { ...listener(), step: fail }, new AbortController().signal);
    await expect(training).rejects.toThrow('no room to draw');
    expect(tf.memory().numTensors).toBe(before);
  });
});
