import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import { type Batch, batchesIn, inOrder, shuffled, type BatchOptions } from '../data/batches';
import type { Split } from '../data/imageSet';
import { Failure } from '../shared/failure';
import { loadCheckpoint, saveCheckpoint, type Position, type Settings } from './checkpoint';
import { divergence } from './divergence';
import { Learner, type Method, type StepResult } from './learner';
import { MetricsFile, type EpochMetrics } from './metrics';

export interface RunOptions extends BatchOptions {
  /** Takes the checkpoint and metrics of this run. */
  readonly folder: string;
  readonly epochs: number;
  /** Steps from one checkpoint to the next. */
  readonly checkpointEvery: number;
  /** Goes on from the checkpoint, if there is one. */
  readonly resume: boolean;
  /** What decides the numbers, for the checkpoint. */
  readonly settings: Settings;
}

/** What a run tells while it goes on. */
export interface Listener {
  resumed(step: number): void;
  step(step: number, epoch: number, loss: number): void;
  evaluating(): void;
  epoch(metrics: EpochMetrics): void;
}

const EVALUATION_BATCH = 256;
const RECENT = 5;

export const checkpointOf = (folder: string): string => join(folder, 'checkpoint.safetensors');
export const metricsOf = (folder: string): string => join(folder, 'metrics.jsonl');

/**
 * Trains one model to the end, or until `stop`; then what was reached is saved.
 *
 * @returns whether it came to the end
 * @throws Failure where the loss is not finite, or the folder holds a run already and `resume` is not set
 */
export async function run(
  method: Method,
  { training, test }: Split,
  options: RunOptions,
  listener: Listener,
  stop: AbortSignal,
): Promise<boolean> {
  const { folder, epochs, batch, seed, scaling, checkpointEvery, resume, settings } = options;
  const file = checkpointOf(folder);
  await mkdir(folder, { recursive: true });
  if (!resume && existsSync(file))
    throw new Failure(`${folder} holds a run already: --resume goes on with it, another --out starts anew.`);

  const learner = Learner.start(method, [training.height, training.width, training.channels], seed);
  let metrics: MetricsFile | undefined;
  try {
    const found = await loadCheckpoint(file, learner.learned, settings);
    let { step, lossSum, seconds, metricsLength }: Position = found?.position ?? START;
    if (found) {
      learner.replace(found.learned);
      listener.resumed(step);
    }
    const log = (metrics = new MetricsFile(metricsOf(folder), metricsLength));
    const save = async (): Promise<void> => {
      metricsLength = log.flush();
      const position = { step, lossSum, seconds, metricsLength };
      await saveCheckpoint(file, { learned: learner.learned, position, settings });
    };

    const perEpoch = batchesIn(training, batch);
    const recent: number[] = [];
    while (step < epochs * perEpoch && !stop.aborted) {
      const epoch = Math.floor(step / perEpoch) + 1;
      for (const examples of shuffled(training, epoch, step % perEpoch, options)) {
        const start = performance.now();
        const result = trainChecked(learner, examples, step + 1, recent);
        const milliseconds = performance.now() - start;
        step += 1;
        lossSum += result.loss;
        seconds += milliseconds / 1000;
        recent.push(result.loss);
        if (recent.length > RECENT) recent.shift();
        log.write({ kind: 'step', step, epoch, ...result, milliseconds });
        listener.step(step, epoch, result.loss);
        await setImmediate(); // lets a signal arrive
        const ends = step % perEpoch === 0;
        if (ends) {
          listener.evaluating();
          const { loss, accuracy } = learner.evaluate(inOrder(test, EVALUATION_BATCH, scaling));
          const line: EpochMetrics = {
            ...{ kind: 'epoch', epoch, step, trainingLoss: lossSum / perEpoch },
            ...{ testLoss: loss, testAccuracy: accuracy, seconds },
          };
          log.write(line);
          listener.epoch(line);
          lossSum = 0;
        }
        if (ends || stop.aborted || step % checkpointEvery === 0) await save();
        if (stop.aborted) break;
      }
    }
    return step >= epochs * perEpoch;
  } finally {
    metrics?.close();
    learner.dispose();
  }
}

/** One step; the batch is gone after it. */
function trainChecked(learner: Learner, batch: Batch, step: number, recent: readonly number[]): StepResult {
  try {
    const result = learner.train(batch);
    if (Number.isFinite(result.loss) && Number.isFinite(result.gradientNorm)) return result;
    throw divergence(learner, batch, step, result, recent);
  } finally {
    tf.dispose([batch.x, batch.y]);
  }
}

const START: Position = { step: 0, lossSum: 0, seconds: 0, metricsLength: 0 };
