import type { Values } from '../../../core/hostKernel';
import { padded } from './panels';
import { tileSize, tilesFor, width } from './tiles';

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

/** What a^T is multiplied by, and the sum that it is added to. */
export interface Target {
  /** Absent: a itself. Of a^T a the lower triangle is computed and mirrored. */
  b?: Rows;
  sum: WideValues;
  at: number;
}

/** Panels of so many bytes stay in the second-level cache while tiles are made of them. */
const chunkBytes = 2 ** 18;

/**
 * a^T b for one or several b, in float64, onto what the targets hold, which is then replaced: the float32 nearest to each sum in `high`, and
 * the rest in `low`.
 */
export function accumulate(a: Rows, targets: readonly Target[]): void {
  const { depth, columns: n } = a;
  const order = padded(n);
  const stride = order * width;
  const widths = targets.map(({ b }) => padded(b ? b.columns : n));
  const all = order + targets.reduce((sum, { b }, i) => sum + (b ? widths[i]! : 0), 0);
  const chunk = Math.min(padded(depth), Math.max(32, padded(Math.floor(chunkBytes / 8 / all))));
  let free = 0;
  const sums = widths.map((m) => (free += m * order) - m * order);
  const left = free;
  free += order * chunk;
  const rights = targets.map(({ b }, i) => (b ? (free += widths[i]! * chunk) - widths[i]! * chunk : left));
  const tiles = tilesFor(free);
  const { memory } = tiles;
  targets.forEach(({ b, sum, at }, i) => fill(memory, sums[i]!, sum, at, n, b ? b.columns : n));
  for (let k = 0; k < depth; k += chunk) {
    const rows = Math.min(chunk, depth - k);
    const step = padded(rows) * width;
    pack(memory, left, a, k, rows);
    targets.forEach(({ b }, i) => {
      if (b) pack(memory, rights[i]!, b, k, rows);
      for (let q = 0; q < widths[i]! / width; q++) {
        const first = b ? 0 : q;
        tiles.update(
          sums[i]! + q * stride + first * tileSize,
          left + first * step,
          step,
          order / width - first,
          rights[i]! + q * step,
          padded(rows),
        );
      }
    });
  }
  targets.forEach(({ b, sum, at }, i) => {
    if (!b) mirror(memory, sums[i]!, n, stride);
    split(memory, sum, at, n, b ? b.columns : n, -1, sums[i]!);
  });
}

/** Numbers as pairs of float32, high + low. */
export interface WideValues {
  high: Float32Array;
  low: Float32Array | undefined;
}

/** Panels of four columns: see {@link Tiles}. */
function pack(memory: Float64Array, to: number, rows: Rows, first: number, count: number): void {
  const { values, rest, offset, depth, columns, transposed } = rows;
  const [rowStep, columnStep] = transposed ? [1, depth] : [columns, 1];
  const step = padded(count) * width;
  for (let p = 0; p < columns; p += width) {
    const panel = to + p * padded(count);
    const from = offset + first * rowStep + p * columnStep;
    if (p + width <= columns) packFull(memory, panel, values, from, rowStep, columnStep, count);
    else packPart(memory, panel, values, from, rowStep, columnStep, count, columns - p);
    if (rest) addRest(memory, panel, rest, from, rowStep, columnStep, count, Math.min(width, columns - p));
    memory.fill(0, panel + count * width, panel + step);
  }
}

function packFull(
  memory: Float64Array,
  to: number,
  values: Values,
  from: number,
  rowStep: number,
  columnStep: number,
  count: number,
): void {
  const end = to + count * width;
  const [second, third, fourth] = [columnStep, 2 * columnStep, 3 * columnStep];
  for (let t = to, i = from; t < end; t += width, i += rowStep) {
    memory[t] = values[i]!;
    memory[t + 1] = values[i + second]!;
    memory[t + 2] = values[i + third]!;
    memory[t + 3] = values[i + fourth]!;
  }
}

function packPart(
  memory: Float64Array,
  to: number,
  values: Values,
  from: number,
  rowStep: number,
  columnStep: number,
  count: number,
  columns: number,
): void {
  for (let k = 0; k < count; k++) {
    for (let j = 0; j < width; j++) {
      memory[to + k * width + j] = j < columns ? values[from + k * rowStep + j * columnStep]! : 0;
    }
  }
}

function addRest(
  memory: Float64Array,
  to: number,
  rest: Values,
  from: number,
  rowStep: number,
  columnStep: number,
  count: number,
  columns: number,
): void {
  for (let k = 0; k < count; k++) {
    for (let j = 0; j < columns; j++)
      memory[to + k * width + j]! += rest[from + k * rowStep + j * columnStep]!;
  }
}

/** The tiles subtract, so they start from the negative. */
function fill(
  memory: Float64Array,
  to: number,
  { high, low }: WideValues,
  at: number,
  n: number,
  m: number,
): void {
  let next = to;
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
function mirror(memory: Float64Array, at: number, n: number, stride: number): void {
  for (let j = 1; j < n; j++) {
    const column = at + Math.floor(j / width) * stride + (j % width);
    for (let i = 0; i < j; i++) {
      memory[column + i * width] = memory[at + Math.floor(i / width) * stride + j * width + (i % width)]!;
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
