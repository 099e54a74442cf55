export { SUMMING, summingRunner } from './finish';
export { provideGradients } from './gradients';
export { loopCall, loopRunner } from './loop';
export { rowsRunner } from './rows';
export { fusedForWebGPU, webgpuLoops } from './target';
