import { canWorkIn } from '../wasm/blocks';
import { engine } from './engine';

/**
 * Whether kernels of our own can work in a backend's memory: on wasm with SIMD instructions, and without threads, with which that memory is not
 * exported. Elsewhere what they compute is composed of the backend's kernels, and while a native tape records, which has to see kernels that it knows.
 */
export function worksInPlace(backendName: string): boolean {
  if (backendName !== 'wasm' || engine().isTapeOn()) return false;
  const backend = engine().registry.wasm;
  return backend !== undefined && canWorkIn(backend);
}
