export { canAssemble, wasmLoop } from './loop';
export { wasmLoops } from './target';
