import { leftOut, withWebGL, withWebGPU } from '../../core/leftOut';
import { factorLU, rowOf } from './host/lu';
import { packColumns, padded, unpackColumns } from './host/panels';
import { tilesFor, width } from './host/tiles';
import { solveLower, solveUpper, type Triangle } from './host/triangular';
import { stackOf } from './stack';
import type { LinalgKernel } from './register';
import * as webgl from './webgl/kernels';
import * as webgpu from './webgpu/kernels';

/** x with a x = b, for any a `[..., n, n]` and b `[..., n, m]`, by elimination in float64. Inf or NaN where a is singular. */
export const solve: LinalgKernel = {
  kernelName: 'TractSolve',
  webgl: withWebGL ? webgl.solve : leftOut,
  webgpu: withWebGPU ? webgpu.solve : leftOut,
  compute({ a, b }) {
    const [count, n, m] = stackOf(b!);
    const order = padded(n);
    const right = order * order;
    const panels = padded(m) / width;
    const stride = order * width;
    const l: Triangle = { at: 0, tileRows: order / width, stride, reciprocals: right + panels * stride };
    const u: Triangle = { ...l, reciprocals: l.reciprocals + order };
    const panel = u.reciprocals + order;
    const tiles = tilesFor(panel + stride);
    const permutation = new Int32Array(order);
    const values = new Float32Array(count * n * m);
    if (values.length === 0) return { shape: b!.shape, values };
    tiles.memory.fill(1, l.reciprocals, l.reciprocals + order);
    for (let s = 0; s < count; s++) {
      factorLU(tiles, a!.values, s * n * n, n, l, panel, permutation);
      for (let i = 0; i < order; i++) {
        tiles.memory[u.reciprocals + i] = 1 / tiles.memory[rowOf(u, i) + i * width]!;
      }
      packColumns(tiles.memory, right, b!.values, s * n * m, n, m, permutation);
      solveLower(tiles, l, right, panels);
      solveUpper(tiles, u, right, panels);
      unpackColumns(tiles.memory, right, values, s * n * m, n, m);
    }
    return { shape: b!.shape, values };
  },
};
