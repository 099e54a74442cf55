export type { Schedule, TensorSchedule } from './schedule';
export { constantSchedule } from './constant';
export { polynomialSchedule, type TransitionOptions } from './polynomial';
export { linearSchedule } from './linear';
export { exponentialDecay, type ExponentialOptions } from './exponential';
export { cosineDecaySchedule, type CosineOptions } from './cosine';
export { piecewiseConstantSchedule, piecewiseInterpolateSchedule, type Scales } from './piecewise';
export { cosineOnecycleSchedule, linearOnecycleSchedule, type OneCycleOptions } from './oneCycle';
export { joinSchedules } from './join';
export {
  warmupConstantSchedule,
  warmupCosineDecaySchedule,
  warmupExponentialDecaySchedule,
  type WarmupCosineOptions,
  type WarmupExponentialOptions,
} from './warmup';
