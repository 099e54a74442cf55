import type { Tensor } from '@tensorflow/tfjs-core';
import { tree } from '../../src';
import * as optim from '../../src/optim';

/** Learning rates that usually work. */
export const RATES = {
  sgd: 0.05,
  adam: 1e-3,
  adamw: 1e-3,
  lamb: 2e-3,
  lion: 1e-4,
  rmsprop: 1e-3,
  adagrad: 1e-2,
  muon: 0.02,
} as const;

export type OptimizerName = keyof typeof RATES;
export const OPTIMIZERS = Object.keys(RATES) as OptimizerName[];

export interface OptimizerOptions {
  readonly optimizer: OptimizerName;
  readonly rate: number;
  readonly schedule: 'cosine' | 'constant';
  /** Steps of linear warm-up. */
  readonly warmup: number;
  /** Weight decay, for optimizers that have it. */
  readonly decay?: number;
  /** Greatest norm of the gradient. */
  readonly clip?: number;
}

/** An optimizer for so many steps in all. */
export function optimizerOf(options: OptimizerOptions, steps: number): optim.GradientTransformation {
  const { optimizer, rate, decay, clip } = options;
  const weightDecay = decay === undefined ? {} : { weightDecay: decay };
  const scheduled = scheduleOf(options, rate, steps);
  const make: Record<OptimizerName, () => optim.GradientTransformation> = {
    sgd: () => optim.sgd(scheduled, { momentum: 0.9, nesterov: true }),
    adam: () => optim.adam(scheduled),
    adamw: () => optim.adamw(scheduled, weightDecay),
    lamb: () => optim.lamb(scheduled, weightDecay),
    lion: () => optim.lion(scheduled, weightDecay),
    rmsprop: () => optim.rmsprop(scheduled),
    adagrad: () => optim.adagrad(scheduled),
    muon: () =>
      optim.muon(scheduled, {
        labels: inner,
        adam: { learningRate: scheduleOf(options, RATES.adam, steps) },
        ...weightDecay,
      }),
  };
  const chosen = make[optimizer]();
  return clip === undefined ? chosen : optim.chain(optim.clipByGlobalNorm(clip), chosen);
}

function scheduleOf(
  { schedule, warmup }: OptimizerOptions,
  rate: number,
  steps: number,
): optim.Schedule | number {
  if (schedule === 'constant') return warmup > 0 ? optim.warmupConstantSchedule(0, rate, warmup) : rate;
  return warmup > 0
    ? optim.warmupCosineDecaySchedule({
        peakValue: rate,
        warmupSteps: warmup,
        decaySteps: Math.max(steps, warmup + 1),
      })
    : optim.cosineDecaySchedule(rate, steps);
}

/** Muon is for the matrices inside: the first layer and the head are Adam's. */
function inner(params: unknown): unknown {
  const outer = /^(patches|token|positions|conv1|conv|features\/0|head)\b/;
  return tree.mapWithPath(
    (path: string, leaf: unknown) => ((leaf as Tensor).rank === 2 && !outer.test(path) ? 'muon' : 'adam'),
    params,
  );
}
