import { tileSize, width, type Tiles } from './tiles';

/** A triangular matrix of `4 tileRows` rows, stored transposed in panels (see {@link Tiles}) at `at`. */
export interface Triangle {
  at: number;
  tileRows: number;
  stride: number;
  /** Where the reciprocals of its diagonal lie. */
  reciprocals: number;
}

/** Tile rows handled at a time: their panels stay in the second-level cache while all right-hand sides pass by. */
export const blockTiles = 8;

/** B = L^-1 B, for `panels` panels of right-hand sides at `b` with the same stride. */
export function solveLower(tiles: Tiles, l: Triangle, b: number, panels: number): void {
  const { at, tileRows, stride, reciprocals } = l;
  for (let first = 0; first < tileRows; first += blockTiles) {
    const count = Math.min(blockTiles, tileRows - first);
    const rows = at + first * stride;
    for (let c = b; c < b + panels * stride; c += stride) {
      const own = c + first * tileSize;
      tiles.update(own, rows, stride, count, c, first * width);
      tiles.forward(own, rows + first * tileSize, stride, count, reciprocals + first * width);
    }
  }
}

/** B = U^-1 B, for `panels` panels of right-hand sides at `b` with the same stride. */
export function solveUpper(tiles: Tiles, u: Triangle, b: number, panels: number): void {
  const { at, tileRows, stride, reciprocals } = u;
  for (let next = tileRows; next > 0; next -= blockTiles) {
    const first = Math.max(0, next - blockTiles);
    const count = next - first;
    const rows = at + first * stride;
    for (let c = b; c < b + panels * stride; c += stride) {
      const own = c + first * tileSize;
      const solved = c + next * tileSize;
      tiles.update(own, rows + next * tileSize, stride, count, solved, (tileRows - next) * width);
      tiles.backward(own, rows + first * tileSize, stride, count, reciprocals + first * width);
    }
  }
}
