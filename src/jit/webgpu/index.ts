export { loopRunner } from './loop';
export { rowsRunner } from './rows';
export { fusedForWebGPU } from './target';
