import type { LoopTarget } from '../passes';
import { hasPrimitive } from './primitives';

/** What the wasm backend's loops are made of. */
export const wasmLoops: LoopTarget = { has: hasPrimitive, buffers: 16 };
