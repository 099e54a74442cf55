import * as optim from '../../src/optim';

const isKernel = { kernel: true, bias: false, gain: false };

/** The optimizers of optax_reference.py, by its names. */
export const optimizers: Record<string, () => optim.GradientTransformation> = {
  sgd: () => optim.sgd(0.1),
  'sgd momentum': () => optim.sgd(0.1, { momentum: 0.9 }),
  'sgd nesterov': () => optim.sgd(0.1, { momentum: 0.9, nesterov: true }),
  adam: () => optim.adam(0.01),
  'adam options': () => optim.adam(0.01, { b1: 0.8, b2: 0.95, eps: 1e-3, epsRoot: 1e-4 }),
  nadam: () => optim.adam(0.01, { nesterov: true }),
  adamw: () => optim.adamw(0.01, { weightDecay: 0.1 }),
  'adamw masked': () => optim.adamw(0.01, { weightDecay: 0.1, mask: isKernel }),
  lamb: () => optim.lamb(0.01, { weightDecay: 0.05 }),
  lion: () => optim.lion(0.01),
  rmsprop: () => optim.rmsprop(0.01),
  'rmsprop centered': () =>
    optim.rmsprop(0.01, { eps: 0.01, centered: true, momentum: 0.9, nesterov: true, biasCorrection: true }),
  'rmsprop outside': () =>
    optim.rmsprop(0.01, { decay: 0.8, eps: 1e-3, initialScale: 0.5, epsInSqrt: false }),
  adagrad: () => optim.adagrad(0.1),
  muon: () => optim.muon(0.02),
  'muon options': () =>
    optim.muon(0.02, {
      nesterov: false,
      weightDecay: 0.1,
      adam: { weightDecay: 0.1 },
      consistentRms: 0.2,
      steps: 4,
    }),
  clip: () => optim.chain(optim.clip(0.5), optim.sgd(1)),
  clipByGlobalNorm: () => optim.chain(optim.clipByGlobalNorm(1), optim.sgd(1)),
  'clipByGlobalNorm idle': () => optim.chain(optim.clipByGlobalNorm(1e3), optim.sgd(1)),
  addDecayedWeights: () => optim.chain(optim.addDecayedWeights(0.2, isKernel), optim.sgd(0.1)),
  ema: () => optim.ema(0.9),
  'ema biased': () => optim.ema(0.9, { debias: false }),
  scaleBySchedule: () => optim.scaleBySchedule(optim.exponentialDecay(1, 2, 0.5)),
  'adam with schedule': () => optim.adam(optim.cosineDecaySchedule(0.1, 4)),
  multiTransform: () =>
    optim.multiTransform(
      { first: optim.sgd(0.5), rest: optim.adam(0.01) },
      { kernel: 'first', bias: 'first', gain: 'rest' },
    ),
  masked: () => optim.masked(optim.adam(0.01), isKernel),
};
