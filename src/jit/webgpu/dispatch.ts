import { dispatcher as plain, type Kernel } from '../../core/webgpu';
import { LIBRARY } from './printer';

export type { Kernel, Launch } from '../../core/webgpu';

/** A kernel that calls what printed expressions call, ready to run. */
export const dispatcher = (kernel: Kernel): ReturnType<typeof plain> =>
  plain({ ...kernel, declarations: `${LIBRARY}${kernel.declarations ?? ''}` });
