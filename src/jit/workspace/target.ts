import type { LoopTarget } from '../passes';
import { canGenerate } from '../script';
import { wasmLoops } from '../wasm';

/** What loops are made of in a workspace: what WebAssembly has no instructions for is printed as JavaScript, where that may be generated. */
export const workspaceLoops = (): LoopTarget => (canGenerate() ? { buffers: wasmLoops.buffers! } : wasmLoops);
