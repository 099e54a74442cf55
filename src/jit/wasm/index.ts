export { canAssemble, wasmLoop } from './loop';
export { hasPrimitive } from './primitives';
