import type { KernelConfig } from '@tensorflow/tfjs-core';
import { onBackend, type HostKernel } from './hostKernel';

/** In place of tensorflow.ts where a bundle is for pages, in which there is no tfjs-node: see `browser` in package.json. */
export const onTensorFlow = (kernel: HostKernel): KernelConfig => onBackend(kernel, 'tensorflow');
