import { panelBytes, panelWidth, type Blocks } from './blocks';
import { floatBytes } from './bytes';

/** op(a) `[n, k]` op(b) `[k, m]`, where op transposes what lies transposed in memory. */
export interface MatrixProduct {
  readonly n: number;
  readonly k: number;
  readonly m: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

// Panels of these sizes stay in the caches: rows and steps of op(a) in the first, more rows of fewer steps, and steps and columns of op(b) in the second.
const fewRows = 32;
const stepsAtOnce = 256;
const rowsAtOnce = (k: number): number => Math.max(1, Math.floor(stepsAtOnce / k)) * fewRows;
const columnsAtOnce = 512;
/** Up to so many columns rows of op(a) that lie side by side are read where they are: a copy saves little at each. */
const fewColumns = 128;
/** What copies of four floats write behind the end. */
const slack = 16;

const readsInPlace = (m: number, transposeA: boolean): boolean => !transposeA && m <= fewColumns;
const inPanels = (m: number): number => Math.ceil(m / panelWidth) * panelWidth;

/** Bytes of room that such a product needs. */
export function roomFor({ n, k, m, transposeA }: MatrixProduct): number {
  const steps = Math.min(k, stepsAtOnce);
  const left = readsInPlace(m, transposeA) ? 0 : Math.min(n, rowsAtOnce(k));
  const right = inPanels(Math.min(m, columnsAtOnce));
  return steps * (left + right) * floatBytes + 2 * slack;
}

/** c = op(a) op(b), for addresses a, b and c of matrices within the memory, and of room for copies in panels. */
export function multiplyMatrices(
  blocks: Blocks,
  { n, k, m, transposeA, transposeB }: MatrixProduct,
  a: number,
  b: number,
  c: number,
  room: number,
): void {
  const cRow = m * floatBytes;
  // Few rows do not pay for a copy of b.
  const isDirect = !transposeB && n <= fewRows;
  const isInPlace = readsInPlace(m, transposeA);
  const most = rowsAtOnce(k);
  for (let j0 = 0; j0 < m; j0 += columnsAtOnce) {
    const columns = Math.min(columnsAtOnce, m - j0);
    for (let k0 = 0; k0 < k; k0 += stepsAtOnce) {
      const steps = Math.min(stepsAtOnce, k - k0);
      const sum = { columns: steps, lines: 1, images: 1 };
      for (let j = 0; j < columns && !isDirect; j += panelWidth) {
        const width = Math.min(panelWidth, columns - j);
        const to = room + j * steps * floatBytes;
        const [from, row] = transposeB ? [(j0 + j) * k + k0, k] : [k0 * m + j0 + j, m];
        blocks.pack(to, b + from * floatBytes, row * floatBytes, width, steps, transposeB);
      }
      const left = room + inPanels(columns) * steps * floatBytes + slack;
      for (let i = 0; i < n; i += most) {
        const rows = Math.min(most, n - i);
        const step = rows * floatBytes;
        const multiply = isInPlace ? blocks.multiplyRows : blocks.multiply;
        const from = { at: left, column: step, line: 0, image: 0 };
        if (transposeA) {
          const at = a + (k0 * n + i) * floatBytes;
          blocks.copyQuads(left, step, at, n * floatBytes, Math.ceil(rows / 4), 0, steps);
        } else {
          const [at, row] = [a + (i * k + k0) * floatBytes, k * floatBytes];
          if (isInPlace) Object.assign(from, { at, column: row });
          else blocks.transpose(left, step, at, row, rows, steps);
        }
        const to = { at: c + (i * m + j0) * floatBytes, row: cRow };
        if (isDirect) {
          const right = { at: b + (k0 * m + j0) * floatBytes, row: m * floatBytes };
          multiply(sum, from, right, to, rows, columns, k0 > 0);
          continue;
        }
        for (let j = 0; j < columns; j += panelWidth) {
          const right = { at: room + j * steps * floatBytes, row: panelBytes };
          const panel = { at: to.at + j * floatBytes, row: cRow };
          multiply(sum, from, right, panel, rows, Math.min(panelWidth, columns - j), k0 > 0);
        }
      }
    }
  }
}
