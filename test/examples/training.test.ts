import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { parseHTML } from 'linkedom';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { batchOf, shuffled } from '../../examples/data/batches';
import type { ImageSet } from '../../examples/data/imageSet';
import { prefetch } from '../../examples/data/prefetch';
import { scalingOf } from '../../examples/data/standardise';
import { readMetrics } from '../../examples/train/metrics';
import { modelOf } from '../../examples/train/models';
import { optimizerOf, OPTIMIZERS, RATES } from '../../examples/train/optimizers';
import { report } from '../../examples/train/report';
import { checkpointOf, metricsOf, run, type RunOptions } from '../../examples/train/run';
import { seriesOf } from '../../examples/train/series';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'training-'))));
afterAll(() => rmSync(folder, { recursive: true }));

/** Pictures of 8 x 8 in two classes: bright above or bright below. */
function halves(count: number): ImageSet {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2);
  const pixels = Uint8Array.from({ length: count * 64 }, (_, i) => {
    const bright = Math.floor((i % 64) / 32) === labels[Math.floor(i / 64)];
    return (bright ? 180 : 40) + ((i * 37) % 50);
  });
  return { count, height: 8, width: 8, channels: 1, classes: ['above', 'below'], pixels, labels };
}

const split = { training: halves(21), test: halves(9) };
const scaling = scalingOf(split.training);
const sgd = () => optimizerOf({ optimizer: 'sgd', rate: 0.05, schedule: 'cosine', warmup: 2 }, 12);
const method = (lambda?: number) => ({
  model: modelOf('conv', 2, [8, 8, 1], { width: 4, layers: 2 }),
  optimizer: sgd(),
  ...(lambda !== undefined && { lambda }),
});
const options = (name: string): RunOptions => ({
  ...{ folder: join(folder, name), epochs: 2, checkpointEvery: 2, resume: false, settings: { seed: 3 } },
  ...{ batch: 6, seed: 3, scaling, augmentation: { flip: true, pad: 1 } },
});
const listener = () => ({ resumed: vi.fn(), step: vi.fn(), evaluating: vi.fn(), epoch: vi.fn() });
const never = new AbortController().signal;
const numbers = (name: string) =>
  readMetrics(metricsOf(join(folder, name))).map((line) => ({ ...line, milliseconds: 0, seconds: 0 }));

describe('batches', () => {
  test('an epoch has every picture once, the last batch is smaller, and a part of it is the same part', () => {
    const given = { batch: 6, seed: 1, scaling };
    const shapes: number[] = [];
    const labels: number[][] = [];
    for (const { x, y } of shuffled(split.training, 1, 0, given)) {
      shapes.push(x.shape[0]);
      labels.push(Array.from(y.dataSync()));
      tf.dispose([x, y]);
    }
    expect(shapes).toEqual([6, 6, 6, 3]);
    expect(labels.flat().sort().join('')).toBe('0'.repeat(11) + '1'.repeat(10));
    const rest: number[][] = [];
    for (const { x, y } of shuffled(split.training, 1, 2, given)) {
      rest.push(Array.from(y.dataSync()));
      tf.dispose([x, y]);
    }
    expect(rest).toEqual(labels.slice(2));
  });

  test('standardised, a training set has mean 0 and deviation 1', () => {
    const { x, y } = batchOf(
      split.training,
      Array.from({ length: 21 }, (_, i) => i),
      scaling,
    );
    const { mean, variance } = tf.moments(x);
    expect(mean.dataSync()[0]).toBeCloseTo(0, 4);
    expect(variance.dataSync()[0]).toBeCloseTo(1, 4);
    tf.dispose([x, y, mean, variance]);
  });

  test('flips mirror and crops shift, over padding of the mean', () => {
    const images: ImageSet = {
      ...{ count: 1, height: 1, width: 3, channels: 1, classes: ['a'] },
      pixels: Uint8Array.of(1, 2, 3),
      labels: Uint8Array.of(0),
    };
    const plain = { mean: [0], deviation: [1] };
    const draw = (augmentation: object, ...uniform: number[]) => {
      const { x, y } = batchOf(images, [0], plain, augmentation, () => uniform.shift()!);
      const values = Array.from(x.dataSync());
      tf.dispose([x, y]);
      return values;
    };
    expect(draw({ flip: true }, 0.4)).toEqual([3, 2, 1]);
    expect(draw({ flip: true }, 0.6)).toEqual([1, 2, 3]);
    expect(draw({ pad: 1 }, 0.5, 0.9)).toEqual([2, 3, 0]);
    expect(draw({ pad: 1 }, 0, 0.5)).toEqual([0, 0, 0]);
  });

  test('prefetch keeps the order and reports an error in its turn', async () => {
    const found: number[] = [];
    const tasks = [1, 2, 3, 4].map((n) => async () => {
      if (n === 3) throw new Error('third');
      return n;
    });
    const all = async () => {
      for await (const n of prefetch(tasks, 2)) found.push(n);
    };
    await expect(all()).rejects.toThrow('third');
    expect(found).toEqual([1, 2]);
  });
});

describe('a run', () => {
  test.each([undefined, 0.1])('learns, and stopped and resumed ends the same (lambda %s)', async (lambda) => {
    const [whole, parts] = [`whole ${lambda}`, `parts ${lambda}`];
    expect(await run(method(lambda), split, options(whole), listener(), never)).toBe(true);
    for (const stopAt of [3, 5, Infinity]) {
      const controller = new AbortController();
      const view = { ...listener(), step: (step: number) => void (step === stopAt && controller.abort()) };
      const ended = await run(
        method(lambda),
        split,
        { ...options(parts), resume: stopAt !== 3 },
        view,
        controller.signal,
      );
      expect(ended).toBe(stopAt === Infinity);
    }
    expect(numbers(parts)).toEqual(numbers(whole));
    const [first, last] = [numbers(whole)[0], numbers(whole).at(-1)] as [
      { loss: number },
      { trainingLoss: number },
    ];
    expect(last.trainingLoss).toBeLessThan(first.loss);
  });

  test('a folder with a run is not overwritten, and not resumed with other settings', async () => {
    const begun = options('whole 0.1');
    await expect(run(method(0.1), split, begun, listener(), never)).rejects.toThrow(
      '--resume goes on with it',
    );
    const other = { ...begun, resume: true, settings: { seed: 4 } };
    await expect(run(method(0.1), split, other, listener(), never)).rejects.toThrow('its seed is 3, not 4');
  });

  test('a damaged checkpoint is named with the offset', async () => {
    const given = options('damaged');
    await run(method(), split, { ...given, epochs: 1 }, listener(), never);
    const file = checkpointOf(given.folder);
    writeFileSync(file, readFileSync(file).subarray(0, 999));
    const resumed = run(method(), split, { ...given, resume: true }, listener(), never);
    await expect(resumed).rejects.toThrow(`${file}: at offset 999: `);
  });

  test('a loss that is NaN stops with the step and what to look at', async () => {
    // On wasm relu makes 0 of NaN: there the gradient alone tells.
    const broken = { mean: [0], deviation: [0] }; // x / 0
    const training = run(method(), split, { ...options('nan'), scaling: broken }, listener(), never);
    await expect(training).rejects.toThrow(
      /^Step 1: the loss is .* the norm of the gradient NaN[^]*pictures of the batch: value \d+ of \[6,8,8,1\] is Infinity/,
    );
    const corrected = { ...method(), lambda: 0.1 };
    const refused = run(corrected, split, { ...options('nan-tract'), scaling: broken }, listener(), never);
    await expect(refused).rejects.toThrow(/^Step 1: the loss is NaN [^]*pictures of the batch: value \d+/);
    const steep = {
      ...method(),
      optimizer: optimizerOf({ optimizer: 'sgd', rate: 1e30, schedule: 'constant', warmup: 0 }, 9),
    };
    const climbing = run(steep, split, options('steep'), listener(), never);
    await expect(climbing).rejects.toThrow(/^Step \d: the loss is [^]*try a smaller --rate/);
  });

  test('every optimizer makes a step', async () => {
    for (const optimizer of OPTIMIZERS) {
      const given = { optimizer, rate: RATES[optimizer], schedule: 'cosine', warmup: 0, clip: 1 } as const;
      const name = `with ${optimizer}`;
      const few = { ...split, training: halves(6) };
      await run(
        { ...method(), optimizer: optimizerOf(given, 2) },
        few,
        { ...options(name), epochs: 1 },
        listener(),
        never,
      );
      expect(numbers(name)).toHaveLength(2);
    }
  });

  test('the report has curves, intervals and every number', () => {
    const series = [
      seriesOf('ordinary', 3, metricsOf(join(folder, 'whole undefined'))),
      seriesOf('ordinary', 4, metricsOf(join(folder, 'whole undefined'))),
      seriesOf('TrAct', 3, metricsOf(join(folder, 'whole 0.1'))),
      seriesOf('TrAct', 4, metricsOf(join(folder, 'whole 0.1'))),
    ];
    const html = report(series, { model: 'conv', data: 'halves' });
    const { document } = parseHTML(html);
    expect(document.querySelectorAll('svg')).toHaveLength(2);
    expect(html).not.toMatch(/https?:|url\(http|@import|NaN/);
    expect(document.querySelectorAll('tbody tr')).toHaveLength(2);
    expect(document.querySelector('table')!.textContent).toContain('±');
  });
});
