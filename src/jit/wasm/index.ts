export { canAssemble, compilesLoops, isAssembled, loopCall, wasmLoop } from './loop';
export { wasmLoops } from './target';
