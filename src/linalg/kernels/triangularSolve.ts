import { leftOut, withWebGL, withWebGPU } from '../../core/leftOut';
import { packColumns, packRows, padded, unpackColumns } from './host/panels';
import { tilesFor, width } from './host/tiles';
import { solveLower, solveUpper, type Triangle } from './host/triangular';
import { stackOf } from './stack';
import type { LinalgKernel } from './register';
import * as webgl from './webgl/kernels';
import * as webgpu from './webgpu/kernels';

/** x with op(a) x = b, for triangular a `[..., n, n]`, op(a) = a or a^T, and b `[..., n, m]`. The other triangle of a is not read. */
export const triangularSolve: LinalgKernel = {
  kernelName: 'TractTriangularSolve',
  webgl: withWebGL ? webgl.triangularSolve : leftOut,
  webgpu: withWebGPU ? webgpu.triangularSolve : leftOut,
  compute({ a, b }, { lower, transpose, unitDiagonal }) {
    const [count, n, m] = stackOf(b!);
    const order = padded(n);
    const right = order * order;
    const panels = padded(m) / width;
    const stride = order * width;
    const t: Triangle = { at: 0, tileRows: order / width, stride, reciprocals: right + panels * stride };
    const tiles = tilesFor(t.reciprocals + order);
    const solve = Boolean(lower) === Boolean(transpose) ? solveUpper : solveLower;
    const values = new Float32Array(count * n * m);
    if (values.length === 0) return { shape: b!.shape, values };
    for (let s = 0; s < count; s++) {
      packRows(tiles.memory, t.at, a!.values, s * n * n, n, Boolean(transpose));
      tiles.memory.fill(1, t.reciprocals, t.reciprocals + order);
      for (let i = 0; i < n && !unitDiagonal; i++) {
        tiles.memory[t.reciprocals + i] = 1 / a!.values[s * n * n + i * (n + 1)]!;
      }
      packColumns(tiles.memory, right, b!.values, s * n * m, n, m);
      solve(tiles, t, right, panels);
      unpackColumns(tiles.memory, right, values, s * n * m, n, m);
    }
    return { shape: b!.shape, values };
  },
};
