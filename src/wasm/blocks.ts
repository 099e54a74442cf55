import { assembleBlocks, maxQuads, maxRows } from './blockModule';
import { floatBytes } from './bytes';
import { memoryOf } from './memory';
import { memoryModule } from './module';

/** The rows that a product sums over, as they lie in memory: those of `lines` lines of `images` images. Steps and addresses are in bytes. */
export interface Sum {
  readonly columns: number;
  readonly lines: number;
  readonly images: number;
}

/** Where such rows lie: the first, from one to the next within a line, and what comes on top behind each line and each image. */
export interface Left {
  readonly at: number;
  readonly column: number;
  readonly line: number;
  readonly image: number;
}

/** `count` pieces, from steps to steps. */
type Copy = (to: number, toStep: number, from: number, fromStep: number, count: number) => void;

/** Products of matrices, tile by tile, within a memory. */
export interface Blocks {
  /**
   * C (+)= A^T B, for the `n` floats at each row of A, the `m` at each row of B, which lie `b.row` apart one after the other, and C of rows `c.row` apart.
   * Up to 12 bytes behind the last row of B are read.
   */
  multiply(
    sum: Sum,
    a: Left,
    b: { at: number; row: number },
    c: { at: number; row: number },
    n: number,
    m: number,
    onto: boolean,
  ): void;
  /** C (+)= A B likewise, for A of `n` rows `a.column` apart, whose entries lie side by side in each of the lines. */
  multiplyRows(
    sum: Sum,
    a: Left,
    b: { at: number; row: number },
    c: { at: number; row: number },
    n: number,
    m: number,
    onto: boolean,
  ): void;
  /** Zeros in so many bytes. */
  clear(to: number, bytes: number): void;
  copyLines(to: number, toStep: number, from: number, fromStep: number, bytes: number, count: number): void;
  /** Copies four floats `quads` times, and `rest` more, of each of `count` lines. */
  copyQuads(
    to: number,
    toStep: number,
    from: number,
    fromStep: number,
    quads: number,
    rest: number,
    count: number,
  ): void;
  /** Copies so many floats of each of `count` lines. */
  copyFloats(to: number, toStep: number, from: number, fromStep: number, floats: number, count: number): void;
  /**
   * Up to eight columns of `rows` rows as a panel of eight, or, transposed, as many rows of that length. Zeros fill the last four up: numbers that
   * happen to lie there may be subnormal, and products with such take a hundred times as long.
   */
  pack(to: number, from: number, fromStep: number, columns: number, rows: number, transposed: boolean): void;
  /** Entry [r, c] goes to [c, r]. */
  transpose(to: number, toStep: number, from: number, fromStep: number, rows: number, columns: number): void;
}

type Tiles = (
  ...call: [
    a: number,
    aTile: number,
    aColumn: number,
    aLine: number,
    aImage: number,
    b: number,
    bRow: number,
    c: number,
    cRow: number,
    columns: number,
    lines: number,
    images: number,
    count: number,
    tail: number,
    onto: number,
  ]
) => void;

const blocks = memoryModule(assembleBlocks, blocksOf);

/** Whether modules of ours can work on a backend's tensors: its memory is exported, and they compile here. */
export const canWorkIn = (backend: object): boolean => memoryOf(backend) !== undefined && blocks.compiles();

export const blocksIn = (memory: WebAssembly.Memory): Blocks => blocks.in(memory);

export const panelWidth = 4 * maxQuads;
export const panelBytes = panelWidth * floatBytes;
/** Rows whose cache lines stay at hand while all their columns are transposed. */
const rowsAtOnce = 64;
/** From so many floats on the machine's own copy of a stretch of bytes is faster. */
const longStretch = 64;

function blocksOf(exports: WebAssembly.Exports): Blocks {
  const [tiles, rows] = ['tiles', 'rows'].map((name) =>
    Array.from({ length: maxRows + 1 }, (_, i) =>
      Array.from({ length: maxQuads + 1 }, (__, q) => exports[`${name}${i}x${q}`] as Tiles),
    ),
  ) as [Tiles[][], Tiles[][]];
  const transposeQuads = exports.transposeQuads as Copy;
  const copySingle = exports.copySingle as Copy;
  const blocks: Blocks = {
    clear: exports.clear as Blocks['clear'],
    copyLines: exports.copyLines as Blocks['copyLines'],
    copyQuads: exports.copyQuads as Blocks['copyQuads'],
    copyFloats(to, toStep, from, fromStep, floats, count) {
      if (floats < longStretch)
        blocks.copyQuads(to, toStep, from, fromStep, Math.floor(floats / 4), floats % 4, count);
      else blocks.copyLines(to, toStep, from, fromStep, floats * floatBytes, count);
    },
    transpose(to, toStep, from, fromStep, rows, columns) {
      const [evenRows, evenColumns] = [rows - (rows % 4), columns - (columns % 4)];
      for (let r = 0; r < evenRows; r += rowsAtOnce) {
        const [target, source] = [to + r * floatBytes, from + r * fromStep];
        const height = Math.min(rowsAtOnce, evenRows - r);
        for (let c = 0; c < evenColumns; c += 4)
          transposeQuads(target + c * toStep, toStep, source + c * floatBytes, fromStep, height);
      }
      for (let c = evenColumns; c < columns; c++)
        copySingle(to + c * toStep, floatBytes, from + c * floatBytes, fromStep, evenRows);
      for (let r = evenRows; r < rows; r++)
        copySingle(to + r * floatBytes, toStep, from + r * fromStep, floatBytes, columns);
    },
    pack(to, from, fromStep, columns, rows, transposed) {
      const rest = columns % 4;
      if (rest > 0) blocks.clear(to, rows * panelBytes);
      if (transposed) blocks.transpose(to, panelBytes, from, fromStep, columns, rows);
      else blocks.copyQuads(to, panelBytes, from, fromStep, (columns - rest) / 4, rest, rows);
    },
    multiply(sum, a, b, c, n, m, onto) {
      run(tiles, floatBytes, sum, a, b, c, n, m, onto);
    },
    multiplyRows(sum, a, b, c, n, m, onto) {
      run(rows, a.column, sum, a, b, c, n, m, onto);
    },
  };
  return blocks;
}

/** Tiles of equal height, as far as they go, and the rest one lower, for each panel of columns. */
function run(
  tiles: readonly (readonly Tiles[])[],
  step: number,
  { columns, lines, images }: Sum,
  a: Left,
  b: Parameters<Blocks['multiply']>[2],
  c: Parameters<Blocks['multiply']>[3],
  n: number,
  m: number,
  onto: boolean,
): void {
  const count = Math.ceil(n / maxRows);
  const height = Math.ceil(n / count);
  const high = n - count * (height - 1);
  for (let j = 0; j < m; j += panelWidth) {
    const quads = Math.min(maxQuads, Math.ceil((m - j) / 4));
    const tail = Math.min(4, m - j - 4 * (quads - 1));
    for (let lower = 0; lower < 2; lower++) {
      const [rows, first, times] =
        lower === 0 ? [height, 0, high] : [height - 1, high * height, count - high];
      if (times > 0)
        tiles[rows]![quads]!(
          a.at + first * step,
          rows * step,
          a.column,
          a.line,
          a.image,
          b.at + j * floatBytes,
          b.row,
          c.at + first * c.row + j * floatBytes,
          c.row,
          columns,
          lines,
          images,
          times,
          tail,
          onto ? 1 : 0,
        );
    }
  }
}
