import { packColumns, padded, type Values } from './panels';
import { tileSize, tilesFor, width, type Tiles } from './tiles';

/** A stack entry of rows `[b, n]` as the kernels find it: entry (k, j) lies at `offset + k * rowStep + j * columnStep`. */
export interface Rows {
  values: Values;
  /** What float32 could not hold of each value. */
  rest?: Values | undefined;
  offset: number;
  /** Length of the axis that is summed over, and of the one that remains. */
  depth: number;
  columns: number;
  transposed: boolean;
}

/** Panels of so many bytes stay in the second-level cache while tiles are made of them. */
const chunkBytes = 2 ** 18;

/**
 * a^T b summed in float64, onto what `target` holds, which is then replaced: the float32 nearest to the sum in `high`, and the rest in `low`.
 *
 * @param b absent: a^T a, of which the lower triangle is computed and mirrored
 */
export function accumulate(a: Rows, b: Rows | undefined, target: WideValues, at: number): void {
  const { depth, columns: n } = a;
  const m = b ? b.columns : n;
  const order = padded(n);
  const stride = order * width;
  const panels = padded(m) / width;
  const chunk = Math.min(
    padded(depth),
    Math.max(32, padded(Math.floor(chunkBytes / 8 / (order + padded(m))))),
  );
  const left = panels * stride;
  const right = left + order * chunk;
  const tiles = tilesFor(right + (b ? padded(m) * chunk : 0));
  fill(tiles.memory, target, at, n, m);
  for (let k = 0; k < depth; k += chunk) {
    const rows = Math.min(chunk, depth - k);
    const step = padded(rows) * width;
    pack(tiles.memory, left, a, k, rows);
    if (b) pack(tiles.memory, right, b, k, rows);
    for (let q = 0; q < panels; q++) {
      const first = b ? 0 : q;
      tiles.update(
        q * stride + first * tileSize,
        left + first * step,
        step,
        order / width - first,
        (b ? right : left) + q * step,
        padded(rows),
      );
    }
  }
  if (!b) mirror(tiles, n, stride);
  split(tiles.memory, target, at, n, m, -1);
}

/** Numbers as pairs of float32, high + low. */
export interface WideValues {
  high: Float32Array;
  low: Float32Array | undefined;
}

function pack(memory: Float64Array, to: number, rows: Rows, first: number, count: number): void {
  const { values, rest, offset, depth, columns, transposed } = rows;
  if (!transposed && !rest) {
    packColumns(memory, to, values, offset + first * columns, count, columns);
    return;
  }
  const [rowStep, columnStep] = transposed ? [1, depth] : [columns, 1];
  let next = to;
  for (let p = 0; p < columns; p += width) {
    for (let k = 0; k < padded(count); k++) {
      const from = offset + (first + k) * rowStep;
      for (let j = p; j < p + width; j++) {
        const i = from + j * columnStep;
        memory[next++] = k < count && j < columns ? values[i]! + (rest ? rest[i]! : 0) : 0;
      }
    }
  }
}

/** The tiles subtract, so they start from the negative. */
function fill(memory: Float64Array, { high, low }: WideValues, at: number, n: number, m: number): void {
  let next = 0;
  for (let p = 0; p < m; p += width) {
    for (let k = 0; k < padded(n); k++) {
      for (let j = p; j < p + width; j++) {
        const i = at + k * m + j;
        memory[next++] = k < n && j < m ? -(high[i]! + (low ? low[i]! : 0)) : 0;
      }
    }
  }
}

/** Copies the lower triangle of a square in panels of four columns to the upper one. */
function mirror({ memory }: Tiles, n: number, stride: number): void {
  for (let j = 1; j < n; j++) {
    const column = Math.floor(j / width) * stride + (j % width);
    for (let i = 0; i < j; i++) {
      memory[column + i * width] = memory[Math.floor(i / width) * stride + j * width + (i % width)]!;
    }
  }
}

/** Takes a matrix `[n, m]` out of panels of four columns, times `sign`. */
export function split(
  memory: Float64Array,
  { high, low }: WideValues,
  at: number,
  n: number,
  m: number,
  sign = 1,
  from = 0,
): void {
  const stride = padded(n) * width;
  for (let p = 0; p < m; p += width) {
    const panel = from + (p / width) * stride;
    const columns = Math.min(width, m - p);
    for (let k = 0; k < n; k++) {
      for (let c = 0; c < columns; c++) {
        const value = sign * memory[panel + k * width + c]!;
        const i = at + k * m + p + c;
        high[i] = value;
        if (low) low[i] = value - high[i]!;
      }
    }
  }
}
