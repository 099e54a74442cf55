import { factorCholesky, mirrorLower } from './host/cholesky';
import { split, type WideValues } from './host/moments';
import { padded } from './host/panels';
import { tilesFor, width } from './host/tiles';
import { solveLower, solveUpper, type Triangle } from './host/triangular';
import type { HostKernel, Values } from '../../core/hostKernel';
import { stackOf } from './stack';

/**
 * ((high + low) / rows + lambda I)^-1 (y + yLow) for sums `[..., n, n]` and y `[..., n, m]`, in float64: see ../wide.ts. NaN where the matrix
 * is not positive definite. lambda has the first of the leading axes.
 */
export const ridgeSolve: HostKernel = {
  kernelName: 'TractRidgeSolve',
  compute({ high, low, lambda, y, yLow }, { rows, wide }) {
    const [count, n, m] = stackOf(y!);
    const order = padded(n);
    const right = order * order;
    const panels = padded(m) / width;
    const stride = order * width;
    const l: Triangle = { at: 0, tileRows: order / width, stride, reciprocals: right + panels * stride };
    const size = count * n * m;
    const x: WideValues = {
      high: new Float32Array(size),
      low: wide ? new Float32Array(size) : undefined,
    };
    if (size > 0) {
      const tiles = tilesFor(l.reciprocals + order);
      const perLambda = count / lambda!.values.length;
      for (let s = 0; s < count; s++) {
        const ridge = lambda!.values[Math.floor(s / perLambda)]!;
        packRidge(tiles.memory, high!.values, low?.values, s * n * n, n, rows as number, ridge);
        if (!factorCholesky(tiles, l)) {
          x.high.fill(NaN, s * n * m, (s + 1) * n * m);
          x.low?.fill(NaN, s * n * m, (s + 1) * n * m);
          continue;
        }
        mirrorLower(tiles.memory, l);
        packWide(tiles.memory, right, y!.values, yLow?.values, s * n * m, n, m);
        solveLower(tiles, l, right, panels);
        solveUpper(tiles, l, right, panels);
        split(tiles.memory, x, s * n * m, n, m, 1, right);
      }
    }
    const result = [{ shape: y!.shape, values: x.high }];
    return x.low ? [...result, { shape: y!.shape, values: x.low }] : result;
  },
};

/** Panels of four rows of (high + low) / rows + lambda I, padded by the identity. Only the lower triangle is needed. */
function packRidge(
  memory: Float64Array,
  high: Values,
  low: Values | undefined,
  offset: number,
  n: number,
  rows: number,
  lambda: number,
): void {
  const order = padded(n);
  const factor = 1 / rows;
  let to = 0;
  for (let p = 0; p < order; p += width) {
    for (let k = 0; k < order; k++) {
      for (let i = p; i < p + width; i++) {
        const from = offset + i * n + k;
        memory[to++] =
          i < n && k < n
            ? (high[from]! + (low ? low[from]! : 0)) * factor + (i === k ? lambda : 0)
            : i === k
              ? 1
              : 0;
      }
    }
  }
}

function packWide(
  memory: Float64Array,
  at: number,
  high: Values,
  low: Values | undefined,
  offset: number,
  n: number,
  m: number,
): void {
  let to = at;
  for (let p = 0; p < m; p += width) {
    for (let k = 0; k < padded(n); k++) {
      for (let j = p; j < p + width; j++) {
        const i = offset + k * m + j;
        memory[to++] = k < n && j < m ? high[i]! + (low ? low[i]! : 0) : 0;
      }
    }
  }
}
