import { engine } from '../../core/engine';
import type { LoopTarget } from '../passes';

/** Which loops webgpu runs: those of more than one call, bounded by how many buffers a shader may have. */
export function webgpuLoops(): LoopTarget {
  const { device } = engine().backend as {
    device?: { limits?: { maxStorageBuffersPerShaderStage?: number } };
  };
  return {
    buffers: device?.limits?.maxStorageBuffersPerShaderStage ?? 8,
    together: true,
    integers: true,
    repeats: true,
  };
}
