export { loopRunner } from './loop';
export { webgpuLoops } from './target';
