import type { HostKernel } from '../../core/hostKernel';
import { threefry } from './threefry';

/** The keys `[..., 2]` that keys `[..., 2]` and int32 numbers `[...]` make. */
export const foldIn: HostKernel = {
  kernelName: 'TractFoldIn',
  compute({ key, data }) {
    const keys = key!.values;
    const out = new Int32Array(keys.length);
    for (let k = 0; 2 * k < keys.length; k++)
      threefry(keys[2 * k]!, keys[2 * k + 1]!, 0, data!.values[k]!, out, 2 * k);
    return { shape: key!.shape, values: out };
  },
};
