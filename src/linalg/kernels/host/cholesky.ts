import { tileSize, width, type Tiles } from './tiles';
import { blockTiles, type Triangle } from './triangular';

/**
 * Factors A = L L^T in place. A is stored as {@link Triangle} says; only its lower triangle is read, and L replaces that.
 *
 * @returns false where A is not positive definite, or not finite
 */
export function factorCholesky(tiles: Tiles, a: Triangle): boolean {
  const { at, tileRows, stride, reciprocals } = a;
  for (let first = 0; first < tileRows; first += blockTiles) {
    const rows = at + first * stride;
    for (let j = first; j < tileRows; j++) {
      // Panel j holds rows j of A, so columns j of L^T: a triangular solve with the rows of L already there.
      const panel = at + j * stride;
      const own = panel + first * tileSize;
      const solvable = Math.min(blockTiles, j - first);
      const holdsDiagonal = j < first + blockTiles;
      tiles.update(own, rows, stride, solvable + (holdsDiagonal ? 1 : 0), panel, first * width);
      tiles.forward(own, rows + first * tileSize, stride, solvable, reciprocals + first * width);
      if (holdsDiagonal) {
        const diagonal = own + solvable * tileSize;
        tiles.update(diagonal, own, 0, 1, own, solvable * width);
        if (!factorTile(tiles.memory, diagonal, reciprocals + j * width)) return false;
      }
    }
  }
  return true;
}

/** T = U^T U for one tile, of which the upper triangle is read and written. */
function factorTile(memory: Float64Array, tile: number, reciprocals: number): boolean {
  for (let i = 0; i < width; i++) {
    const row = tile + i * width;
    const square = memory[row + i]!;
    if (!(square > 0 && square < Infinity)) return false;
    const root = Math.sqrt(square);
    memory[row + i] = root;
    memory[reciprocals + i] = 1 / root;
    for (let j = i + 1; j < width; j++) memory[row + j]! /= root;
    for (let k = i + 1; k < width; k++) {
      for (let j = k; j < width; j++) memory[tile + k * width + j]! -= memory[row + k]! * memory[row + j]!;
    }
  }
  return true;
}

/** Copies L to the place of its transpose, the upper triangle, so that {@link solveUpper} can solve with L^T. */
export function mirrorLower(memory: Float64Array, { at, tileRows, stride }: Triangle): void {
  for (let p = 0; p < tileRows; p++) {
    for (let q = p; q < tileRows; q++) {
      const from = at + q * stride + p * tileSize;
      const to = at + p * stride + q * tileSize;
      for (let i = 0; i < width; i++) {
        for (let j = p === q ? i + 1 : 0; j < width; j++) {
          memory[to + j * width + i] = memory[from + i * width + j]!;
        }
      }
    }
  }
}
