export { provideGradients } from './gradients';
export { loopCall } from './loop';
export { runnerOnWebGPU } from './runner';
export { fusedForWebGPU, webgpuLoops } from './target';
