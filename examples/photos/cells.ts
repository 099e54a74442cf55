import { permutation, type Uniform } from '../shared/chance';
import { Failure } from '../shared/failure';

/** A region of a photograph, in pixels. */
export interface Cell {
  readonly top: number;
  readonly left: number;
  readonly side: number;
}

/**
 * Cuts a photograph into square cells without overlap and draws which are for training and which for the test: a crop inside a cell shares no
 * pixel with any crop of the other part.
 *
 * @param share of the cells for the test; at least one, and not all
 * @throws Failure where the photograph holds fewer than two cells
 */
export function cells(
  { height, width, name }: { height: number; width: number; name: string },
  side: number,
  share: number,
  uniform: Uniform,
): { training: Cell[]; test: Cell[] } {
  const [rows, columns] = [Math.floor(height / side), Math.floor(width / side)];
  const n = rows * columns;
  if (n < 2)
    throw new Failure(`${name}: ${width} x ${height} pixels hold fewer than two cells of ${side} x ${side}.`);
  const all = Array.from({ length: n }, (_, i) => ({
    top: Math.floor(i / columns) * side,
    left: (i % columns) * side,
    side,
  }));
  const order = Array.from(permutation(n, uniform), (i) => all[i]!);
  const forTest = Math.min(n - 1, Math.max(1, Math.round(share * n)));
  return { training: order.slice(forTest), test: order.slice(0, forTest) };
}
