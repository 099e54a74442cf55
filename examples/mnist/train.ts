import { setImmediate } from 'node:timers/promises';
import * as tf from '@tensorflow/tfjs-core';
import seedrandom from 'seedrandom';
import { tract, valueAndGrad } from '../../src';
import { permutation } from '../shared/chance';
import { Contestant, type EpochResult, type Run } from './contestant';
import { batchOf, type Dataset } from './data';
import { Learner, type LossAndGradient } from './learner';
import { init, loss } from './model';

export interface TrainingOptions {
  readonly epochs: number;
  readonly batch: number;
  readonly seed: string;
  readonly lambda: number;
  /** Adam's learning rate, the same for both. */
  readonly rate: number;
}

export interface Comparison {
  readonly ordinary: Run;
  readonly tract: Run;
  readonly stepsPerEpoch: number;
  readonly testImages: number;
}

/** What the training tells while it runs. */
export interface Listener {
  /** After each step: how many images each network has seen, in which epoch, and both losses. */
  step(now: { images: number; epoch: number; ordinary: number; tract: number }): void;
  evaluating(): void;
  epoch(ordinary: EpochResult, tract: EpochResult): void;
}

/**
 * Trains two networks with the same initial parameters on the same batches, one by the ordinary gradient and one by TrAct's.
 * Their steps alternate, so that whatever slows the machine for a while slows both.
 *
 * @param stop ends the training after the step in progress; the networks are evaluated as they are then
 */
export async function train(
  { epochs, batch, seed, lambda, rate }: TrainingOptions,
  data: { training: Dataset; test: Dataset },
  listener: Listener,
  stop: AbortSignal,
): Promise<Comparison> {
  const contestant = (name: string, gradient: LossAndGradient) =>
    new Contestant(name, new Learner(gradient, init(seedrandom(seed)), rate));
  const gradients = { ordinary: valueAndGrad(loss), tract: valueAndGrad(tract(loss, lambda)) };
  const ordinary = contestant('ordinary', gradients.ordinary);
  const corrected = contestant('TrAct', gradients.tract);

  const shuffle = seedrandom(`${seed}: order of the images`);
  const stepsPerEpoch = Math.ceil(data.training.count / batch);
  let steps = 0;
  let images = 0;

  try {
    for (let epoch = 1; epoch <= epochs && !stop.aborted; epoch++) {
      const before = steps;
      const order = permutation(data.training.count, shuffle);
      for (let start = 0; start < order.length && !stop.aborted; start += batch) {
        const examples = batchOf(data.training, order.subarray(start, start + batch));
        try {
          for (const each of steps % 2 ? [corrected, ordinary] : [ordinary, corrected]) each.step(examples);
        } finally {
          tf.dispose([examples.x, examples.y]);
        }
        steps += 1;
        images += examples.y.size;
        listener.step({ images, epoch, ordinary: ordinary.lastLoss, tract: corrected.lastLoss });
        await setImmediate(); // lets a signal arrive
      }
      if (steps === before) break;

      listener.evaluating();
      const evaluate = (each: Contestant) => each.evaluate(steps / stepsPerEpoch, steps - before, data.test);
      listener.epoch(evaluate(ordinary), evaluate(corrected));
    }
    return { ordinary: ordinary.run, tract: corrected.run, stepsPerEpoch, testImages: data.test.count };
  } finally {
    ordinary.dispose();
    corrected.dispose();
  }
}
