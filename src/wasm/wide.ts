import { blocksIn, floatBytes } from './blocks';
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

const doubleBytes = 8;
/** Rows and columns that are copied as float64 at a time, so that they stay in the first cache. */
export const rowsAtOnce = 128;
const panelWidth = 16;
const panelRow = panelWidth * doubleBytes;
const quadDoubles = tileWidth * doubleBytes;
const alignment = 16;

const whole = (n: number): number => Math.ceil(n / tileWidth) * tileWidth;
const inPanels = (n: number): number => Math.ceil(n / panelWidth) * panelWidth;

/** Bytes of room for `addProducts`. */
export function roomForProducts({ depth, n }: WideRows, targets: readonly WideTarget[]): number {
  const rows = Math.min(depth, rowsAtOnce);
  const sums = targets.reduce((total, { columns }) => total + whole(n) * whole(columns), 0);
  const panels = targets.reduce((total, { y, columns }) => total + (y ? inPanels(columns) : 0), inPanels(n));
  return (sums + panels * rows) * doubleBytes + n * rows * floatBytes + 3 * alignment;
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
  const rowsInRoom = Math.min(depth, rowsAtOnce);
  const panelBytes = rowsInRoom * panelRow;
  const left = take((inPanels(n) / panelWidth) * panelBytes);
  const rights = targets.map(({ y, columns }) =>
    y ? take((inPanels(columns) / panelWidth) * panelBytes) : left,
  );
  /** Rows of a matrix `[, columns]` in panels of sixteen columns. */
  const pack = (
    wide: typeof widen,
    to: number,
    from: number,
    columns: number,
    rows: number,
    row = columns,
  ): void => {
    for (let j = 0; j < columns; j += panelWidth) {
      const quads = whole(Math.min(panelWidth, columns - j)) / tileWidth;
      const panel = to + (j / panelWidth) * panelBytes;
      wide(panel, panelRow, from + j * floatBytes, row * floatBytes, quads, rows);
    }
  };
  for (let k = 0; k < depth; k += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, depth - k);
    if (transposed) {
      blocksIn(memory).transpose(free, n * floatBytes, a + k * floatBytes, aRow * floatBytes, n, rows);
      pack(widen, left, free, n, rows);
    } else pack(widen, left, a + k * aRow * floatBytes, n, rows, aRow);
    targets.forEach(({ y, columns }, t) => {
      const offset = k * columns * floatBytes;
      if (y) pack(widen, rights[t]!, y.high + offset, columns, rows);
      if (y?.low !== undefined) pack(addWidened, rights[t]!, y.low + offset, columns, rows);
      const row = whole(columns) * doubleBytes;
      for (let i = 0; i < n; i += panelWidth) {
        const from = left + (i / panelWidth) * panelBytes;
        const count = whole(Math.min(panelWidth, n - i)) / tileWidth;
        for (let j = y ? 0 : i; j < columns; j += tileWidth) {
          const right =
            rights[t]! +
            Math.floor(j / panelWidth) * panelBytes +
            ((j % panelWidth) / tileWidth) * quadDoubles;
          addTiles(sums[t]! + i * row + j * doubleBytes, row, from, panelRow, right, panelRow, rows, count);
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
