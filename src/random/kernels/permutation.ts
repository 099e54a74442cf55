import type { HostKernel } from '../../core/hostKernel';
import { randomBits, splitKey } from './threefry';

/** How often n elements must be sorted by 32 random bits so that ties no longer matter: collisions shrink by 2^32 each time. */
export function sortRounds(size: number): number {
  return Math.ceil((3 * Math.log(Math.max(1, size))) / Math.log(0xffffffff));
}

/** Random orders of `size` elements from keys `[..., 2]`: `[..., size]`, int32. */
export const permutation: HostKernel = {
  kernelName: 'TractPermutation',
  compute({ key }, { size: given }) {
    const size = given as number;
    const keys = key!.values;
    const lead = key!.shape.slice(0, -1);
    const out = new Int32Array((keys.length / 2) * size);
    const bits = new Int32Array(size);
    const pair = new Int32Array(4);
    for (let k = 0; 2 * k < keys.length; k++) {
      let order = Array.from({ length: size }, (_, i) => i);
      let [k0, k1] = [keys[2 * k]!, keys[2 * k + 1]!];
      for (let round = sortRounds(size); round > 0; round--) {
        splitKey(k0, k1, pair, 0, 2);
        [k0, k1] = [pair[0]!, pair[1]!];
        randomBits(pair[2]!, pair[3]!, bits, 0, size);
        const unsigned = new Uint32Array(bits.buffer);
        const before = order;
        order = before.map((_, i) => i).sort((i, j) => unsigned[i]! - unsigned[j]! || i - j);
        order = order.map((i) => before[i]!);
      }
      out.set(order, k * size);
    }
    return { shape: [...lead, size], values: out };
  },
};
