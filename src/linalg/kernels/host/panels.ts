import type { Values } from '../../../core/hostKernel';
import { width } from './tiles';

/** The next multiple of four. */
export const padded = (n: number): number => Math.ceil(n / width) * width;

/**
 * Puts A `[n, n]`, padded by the identity, into panels of four rows (its transpose in panels of four columns).
 *
 * @param transposed put A^T there instead
 */
export function packRows(
  memory: Float64Array,
  at: number,
  source: Values,
  offset: number,
  n: number,
  transposed = false,
): void {
  const order = padded(n);
  const [rowStep, columnStep] = transposed ? [1, n] : [n, 1];
  let to = at;
  for (let p = 0; p < order; p += width) {
    for (let k = 0; k < order; k++) {
      for (let i = p; i < p + width; i++) {
        const padding = i === k ? 1 : 0;
        memory[to++] = i < n && k < n ? source[offset + i * rowStep + k * columnStep]! : padding;
      }
    }
  }
}

/** Puts B `[n, m]`, padded by zeros, into panels of four columns; row i comes from row `permutation[i]`, where there is one. */
export function packColumns(
  memory: Float64Array,
  at: number,
  source: Values,
  offset: number,
  n: number,
  m: number,
  permutation?: Int32Array,
): void {
  let to = at;
  for (let p = 0; p < m; p += width) {
    for (let k = 0; k < padded(n); k++) {
      const row = offset + (permutation?.[k] ?? k) * m;
      for (let j = p; j < p + width; j++) memory[to++] = k < n && j < m ? source[row + j]! : 0;
    }
  }
}

/** The reverse of {@link packColumns}. */
export function unpackColumns(
  memory: Float64Array,
  at: number,
  target: Float32Array,
  offset: number,
  n: number,
  m: number,
): void {
  const stride = padded(n) * width;
  for (let p = 0; p < m; p += width) {
    const panel = at + (p / width) * stride;
    const columns = Math.min(width, m - p);
    for (let k = 0; k < n; k++) {
      for (let c = 0; c < columns; c++) target[offset + k * m + p + c] = memory[panel + k * width + c]!;
    }
  }
}

/** Takes A `[n, n]` back out of panels of four rows; with `lowerOnly`, zeros above the diagonal. */
export function unpackRows(
  memory: Float64Array,
  at: number,
  target: Float32Array,
  offset: number,
  n: number,
  lowerOnly = false,
): void {
  const stride = padded(n) * width;
  for (let i = 0; i < n; i++) {
    const row = at + Math.floor(i / width) * stride + (i % width);
    const columns = lowerOnly ? i + 1 : n;
    for (let k = 0; k < columns; k++) target[offset + i * n + k] = memory[row + k * width]!;
  }
}
