import { getBackend } from '@tensorflow/tfjs-core';

/** How often a property is tried: less often where every kernel is a shader that runs on the CPU. */
export const runs = (count: number): number => (getBackend() === 'webgpu' ? Math.ceil(count / 5) : count);
