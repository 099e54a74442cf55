import { factorLU } from './host/lu';
import { padded, unpackRows } from './host/panels';
import { tilesFor, width } from './host/tiles';
import type { Triangle } from './host/triangular';
import { stackOf, type HostKernel } from './hostKernel';

/**
 * Factors of a `[..., n, n]` with partial pivoting: [lu, permutation `[..., n]`], where lu holds U, and L below the diagonal (its own
 * diagonal is ones), and row i of L U is row `permutation[i]` of a.
 */
export const lu: HostKernel = {
  kernelName: 'TractLU',
  compute({ a }) {
    const { count, n } = stackOf(a!);
    const order = padded(n);
    const stride = order * width;
    const factors: Triangle = { at: 0, tileRows: order / width, stride, reciprocals: order * order };
    const panel = factors.reciprocals + order;
    const tiles = tilesFor(panel + stride);
    tiles.memory.fill(1, factors.reciprocals, panel);
    const permutation = new Int32Array(order);
    const values = new Float32Array(count * n * n);
    const permutations = new Int32Array(count * n);
    for (let s = 0; s < count; s++) {
      factorLU(tiles, a!.values, s * n * n, n, factors, panel, permutation);
      unpackRows(tiles.memory, factors.at, values, s * n * n, n);
      permutations.set(permutation.subarray(0, n), s * n);
    }
    return [
      { shape: a!.shape, values },
      { shape: a!.shape.slice(0, -1), values: permutations },
    ];
  },
};
