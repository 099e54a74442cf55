import '../rules';

export { checkGrads, type CheckGradsOptions } from './checkGrads';
export { checkLemma1, type CheckLemmaOptions } from './checkLemma1';
export { checkLemma2 } from './checkLemma2';
export {
  arbitrariesWith,
  type Arbitraries,
  type FastCheckModule,
  type TensorConstraints,
} from './arbitraries';
export { expectTraces, type CountedFunction } from './expectTraces';
