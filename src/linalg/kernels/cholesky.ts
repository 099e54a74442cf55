import { leftOut, withWebGL, withWebGPU } from '../../core/leftOut';
import { stackOf } from './stack';
import type { LinalgKernel } from './register';
import * as webgl from './webgl/kernels';
import * as webgpu from './webgpu/kernels';
import { factorCholesky } from './host/cholesky';
import { packRows, padded, unpackRows } from './host/panels';
import { tilesFor, width } from './host/tiles';
import type { Triangle } from './host/triangular';

/** L with L L^T = a `[..., n, n]`, from the lower triangle of a; NaN where a is not positive definite. */
export const cholesky: LinalgKernel = {
  kernelName: 'TractCholesky',
  webgl: withWebGL ? webgl.cholesky : leftOut,
  webgpu: withWebGPU ? webgpu.cholesky : leftOut,
  compute({ a }) {
    const [count, n] = stackOf(a!);
    const order = padded(n);
    const l: Triangle = {
      at: 0,
      tileRows: order / width,
      stride: order * width,
      reciprocals: order * order,
    };
    const tiles = tilesFor(l.reciprocals + order);
    const values = new Float32Array(count * n * n);
    for (let offset = 0; offset < values.length; offset += n * n) {
      packRows(tiles.memory, l.at, a!.values, offset, n);
      if (factorCholesky(tiles, l)) unpackRows(tiles.memory, l.at, values, offset, n, true);
      else values.fill(NaN, offset, offset + n * n);
    }
    return { shape: a!.shape, values };
  },
};
