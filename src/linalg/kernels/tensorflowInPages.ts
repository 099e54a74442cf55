import { onBackend } from '../../core/hostKernel';
import type * as whole from './tensorflow';

/* In place of tensorflow.ts in bundles for pages: see vite.build.config.ts. */

export const onTensorFlow: typeof whole.onTensorFlow = (kernel) => onBackend(kernel, 'tensorflow');
