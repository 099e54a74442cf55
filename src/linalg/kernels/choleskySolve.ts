import { factorCholesky, mirrorLower } from './host/cholesky';
import { packColumns, packRows, padded, unpackColumns } from './host/panels';
import { tilesFor, width } from './host/tiles';
import { solveLower, solveUpper, type Triangle } from './host/triangular';
import { stackOf } from './hostKernel';
import type { LinalgKernel } from './register';
import * as tensorflow from './tensorflow';
import * as webgl from './webgl/kernels';
import * as webgpu from './webgpu/kernels';

/**
 * x with a x = b, for symmetric positive definite a `[..., n, n]` (its lower triangle is read) and b `[..., n, m]`: in float64 up to the
 * last rounding. NaN where a is not positive definite.
 */
export const choleskySolve: LinalgKernel = {
  kernelName: 'TractCholeskySolve',
  tensorflow: tensorflow.choleskySolve,
  webgl: webgl.choleskySolve,
  webgpu: webgpu.choleskySolve,
  compute({ a, b }) {
    const { count, n, m } = stackOf(b!);
    const order = padded(n);
    const right = order * order;
    const panels = padded(m) / width;
    const stride = order * width;
    const l: Triangle = { at: 0, tileRows: order / width, stride, reciprocals: right + panels * stride };
    const tiles = tilesFor(l.reciprocals + order);
    const values = new Float32Array(count * n * m);
    if (values.length === 0) return { shape: b!.shape, values };
    for (let s = 0; s < count; s++) {
      packRows(tiles.memory, l.at, a!.values, s * n * n, n);
      if (!factorCholesky(tiles, l)) {
        values.fill(NaN, s * n * m, (s + 1) * n * m);
        continue;
      }
      mirrorLower(tiles.memory, l);
      packColumns(tiles.memory, right, b!.values, s * n * m, n, m);
      solveLower(tiles, l, right, panels);
      solveUpper(tiles, l, right, panels);
      unpackColumns(tiles.memory, right, values, s * n * m, n, m);
    }
    return { shape: b!.shape, values };
  },
};
