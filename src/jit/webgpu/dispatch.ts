import { dispatcher as plain, type Kernel } from '../../linalg/kernels/webgpu/dispatch';
import { LIBRARY } from './printer';

export type { Kernel, Launch } from '../../linalg/kernels/webgpu/dispatch';

/** A kernel that calls what printed expressions call, ready to run. */
export const dispatcher = (kernel: Kernel): ReturnType<typeof plain> =>
  plain({ ...kernel, declarations: `${LIBRARY}${kernel.declarations ?? ''}` });
