import type { Values } from '../../../core/hostKernel';
import { tileSize, width, type Tiles } from './tiles';
import { solveLower, type Triangle } from './triangular';

/**
 * Factors P A = L U by columns, with partial pivoting. L (unit diagonal) and U replace each other's zeros in `lu`.
 *
 * @param source A `[n, n]` at `offset`, rows first
 * @param lu where the factors go; its reciprocals are those of L: ones
 * @param panel room for one panel
 * @param permutation receives the row of A that each row of P A is; as long as the padded matrix
 */
export function factorLU(
  tiles: Tiles,
  source: Values,
  offset: number,
  n: number,
  lu: Triangle,
  panel: number,
  permutation: Int32Array,
): void {
  const { memory } = tiles;
  const { at, tileRows, stride } = lu;
  const order = tileRows * width;
  for (let i = 0; i < order; i++) permutation[i] = i;
  for (let j = 0; j < tileRows; j++) {
    for (let i = 0; i < order; i++) {
      const row = permutation[i]!;
      for (let c = 0; c < width; c++) {
        const column = j * width + c;
        const padding = row === column ? 1 : 0;
        memory[panel + i * width + c] = row < n && column < n ? source[offset + row * n + column]! : padding;
      }
    }
    solveLower(tiles, { ...lu, tileRows: j }, panel, 1);
    tiles.update(panel + j * tileSize, at + j * stride, stride, tileRows - j, panel, j * width);
    for (let column = j * width; column < Math.min(n, (j + 1) * width); column++) {
      const pivot = largest(memory, panel, column, n);
      if (pivot !== column) {
        swapRows(memory, panel, lu, j * width, pivot, column);
        [permutation[pivot], permutation[column]] = [permutation[column]!, permutation[pivot]!];
      }
      eliminate(memory, panel, column, n);
    }
    for (let i = 0; i < order; i++) {
      const to = rowOf(lu, i) + j * tileSize;
      for (let c = 0; c < width; c++) memory[to + c * width] = memory[panel + i * width + c]!;
    }
  }
}

/** Where row i of a transposed matrix in panels starts; its entries are `width` apart. */
export const rowOf = ({ at, stride }: Triangle, i: number): number =>
  at + Math.floor(i / width) * stride + (i % width);

/** The row, at or below the diagonal, with the largest entry of a column. */
function largest(memory: Float64Array, panel: number, column: number, n: number): number {
  let best = column;
  let size = -1;
  for (let i = column; i < n; i++) {
    const here = Math.abs(memory[panel + i * width + (column % width)]!);
    if (here > size) [best, size] = [i, here];
  }
  return best;
}

/** Swaps rows i and k of the panel at hand and of the first columns of L. */
function swapRows(
  memory: Float64Array,
  panel: number,
  lu: Triangle,
  columns: number,
  i: number,
  k: number,
): void {
  const swap = (x: number, y: number): void => {
    const kept = memory[x]!;
    memory[x] = memory[y]!;
    memory[y] = kept;
  };
  for (let c = 0; c < width; c++) swap(panel + i * width + c, panel + k * width + c);
  const [first, second] = [rowOf(lu, i), rowOf(lu, k)];
  for (let c = 0; c < columns; c++) swap(first + c * width, second + c * width);
}

/** Column of L, and what it takes from the rest of its panel. A zero pivot leaves its column as it is (zeros), as LAPACK does. */
function eliminate(memory: Float64Array, panel: number, column: number, n: number): void {
  const own = column % width;
  const pivotRow = panel + column * width;
  const pivot = memory[pivotRow + own]!;
  if (pivot === 0) return;
  for (let row = pivotRow + width; row < panel + n * width; row += width) {
    const factor = memory[row + own]! / pivot;
    memory[row + own] = factor;
    for (let c = own + 1; c < width; c++) memory[row + c]! -= factor * memory[pivotRow + c]!;
  }
}
