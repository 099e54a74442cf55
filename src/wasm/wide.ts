import { blocksIn } from './blocks';
import { doubleBytes, floatBytes } from './bytes';
import { memoryModule } from './module';
import { assembleWide, tileWidth } from './wideModule';

type Copy = (
  ...call: [to: number, toStep: number, from: number, fromStep: number, quads: number, count: number]
) => void;

interface Exports {
  addTiles(
    ...call: [
      c: number,
      cRow: number,
      a: number,
      aRow: number,
      b: number,
      bRow: number,
      depth: number,
      count: number,
    ]
  ): void;
  widen: Copy;
  addWidened: Copy;
  split(
    ...call: [
      high: number,
      low: number,
      from: number,
      fromStep: number,
      quads: number,
      tail: number,
      count: number,
    ]
  ): void;
}

const wideModule = memoryModule(assembleWide, (exports) => exports as unknown as Exports);

/** Addresses of the two parts of numbers high + low; without `low` it is nothing. */
export interface Pair {
  high: number;
  low?: number | undefined;
}

/** A matrix `[depth, n]` whose rows lie `row` floats apart, or, transposed, `[n, depth]`. */
export interface WideRows {
  at: number;
  depth: number;
  n: number;
  row: number;
  transposed: boolean;
}

/** a^T y, or a^T a, to be added to `onto` and put at `result`. */
export interface WideTarget {
  /** `[depth, columns]`; absent: a. */
  y?: Pair;
  columns: number;
  onto?: Pair | undefined;
  result: Required<Pair>;
}

/** Rows and columns that are copied as float64 at a time, so that they stay in the first cache. */
export const rowsAtOnce = 128;
const panelWidth = 16;
const panelRow = panelWidth * doubleBytes;
const alignment = 16;

const whole = (n: number): number => Math.ceil(n / tileWidth) * tileWidth;
const inPanels = (n: number): number => Math.ceil(n / panelWidth) * panelWidth;

/** Bytes of room for `addProducts`. */
export function roomForProducts({ depth, n, transposed }: WideRows, targets: readonly WideTarget[]): number {
  const rows = Math.min(depth, rowsAtOnce);
  const sums = targets.reduce((total, { columns }) => total + whole(n) * whole(columns), 0);
  const panels = inPanels(n) + (targets.some(({ y }) => y) ? panelWidth : 0);
  const copy = transposed ? n * rows * floatBytes : 0;
  return (sums + panels * rows) * doubleBytes + copy + 2 * alignment;
}

/** a^T y for one or several y in float64, in a memory. Of a^T a half is computed and mirrored. */
export function addProducts(
  memory: WebAssembly.Memory,
  { at: a, depth, n, row: aRow, transposed }: WideRows,
  targets: readonly WideTarget[],
  room: number,
): void {
  const { addTiles, widen, addWidened, split } = wideModule.in(memory);
  let free = Math.ceil(room / alignment) * alignment;
  const take = (bytes: number): number => (free += bytes) - bytes;
  const sums = targets.map(({ columns }) => take(whole(n) * whole(columns) * doubleBytes));
  targets.forEach(({ columns, onto }, t) => {
    const row = whole(columns) * doubleBytes;
    const copy = (wide: typeof widen, from: number): void =>
      wide(sums[t]!, row, from, columns * floatBytes, whole(columns) / tileWidth, n);
    if (!onto) new Float64Array(memory.buffer, sums[t]!, n * whole(columns)).fill(0);
    else {
      copy(widen, onto.high);
      if (onto.low !== undefined) copy(addWidened, onto.low);
    }
  });
  const panelBytes = Math.min(depth, rowsAtOnce) * panelRow;
  const left = take((inPanels(n) / panelWidth) * panelBytes);
  const panel = take(targets.some(({ y }) => y) ? panelBytes : 0);
  /** Up to sixteen columns of so many rows as a panel. */
  const pack = (wide: typeof widen, to: number, from: number, columns: number, row: number, rows: number) =>
    wide(to, panelRow, from, row * floatBytes, whole(Math.min(panelWidth, columns)) / tileWidth, rows);
  for (let k = 0; k < depth; k += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, depth - k);
    const [from, row] = transposed ? [free, n] : [a + k * aRow * floatBytes, aRow];
    if (transposed)
      blocksIn(memory).transpose(free, n * floatBytes, a + k * floatBytes, aRow * floatBytes, n, rows);
    for (let i = 0; i < n; i += panelWidth)
      pack(widen, left + (i / panelWidth) * panelBytes, from + i * floatBytes, n - i, row, rows);
    targets.forEach(({ y, columns }, t) => {
      const sumRow = whole(columns) * doubleBytes;
      for (let j = 0; j < columns; j += panelWidth) {
        const offset = (k * columns + j) * floatBytes;
        if (y) pack(widen, panel, y.high + offset, columns - j, columns, rows);
        if (y?.low !== undefined) pack(addWidened, panel, y.low + offset, columns - j, columns, rows);
        const right = y ? panel : left + (j / panelWidth) * panelBytes;
        for (let i = 0; i < (y ? n : j + 1); i += panelWidth) {
          const count = whole(Math.min(panelWidth, n - i)) / tileWidth;
          const tiles = left + (i / panelWidth) * panelBytes;
          for (let q = 0; q < Math.min(panelWidth, columns - j); q += tileWidth) {
            const sum = sums[t]! + i * sumRow + (j + q) * doubleBytes;
            addTiles(sum, sumRow, tiles, panelRow, right + q * doubleBytes, panelRow, rows, count);
          }
        }
      }
    });
  }
  targets.forEach(({ y, columns, result }, t) => {
    if (!y) mirror(new Float64Array(memory.buffer, sums[t]!, n * whole(n)), n);
    const row = whole(columns) * doubleBytes;
    split(result.high, result.low, sums[t]!, row, Math.floor(columns / 4), columns % 4, n);
  });
}

/** Copies what is above the diagonal below it. */
function mirror(sum: Float64Array, n: number): void {
  const row = whole(n);
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) sum[i * row + j] = sum[j * row + i]!;
}
