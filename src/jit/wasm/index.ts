export { canAssemble, compilesLoops, isAssembled, wasmLoop } from './loop';
export { wasmLoops } from './target';
