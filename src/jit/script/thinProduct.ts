/** Where a matrix begins, and how far its rows and the steps of the sum are from each other. */
export interface Strided {
  readonly values: Float32Array;
  readonly from: number;
  readonly row: number;
  readonly step: number;
}

/** For sums of one row, kept for the next call. */
let sums = new Float64Array(64);

/** The product of two matrices `[m, k]` and `[k, n]`, one of them thin, by its definition: summed in float64. */
export function thinProduct(
  a: Strided,
  b: Strided,
  out: Float32Array,
  to: number,
  [m, n, k]: readonly [m: number, n: number, k: number],
): void {
  if (k === 1) outer(a, b, out, to, m, n);
  else if (b.step === 1) dots(a, b, out, to, [m, n, k]);
  else rows(a, b, out, to, [m, n, k]);
}

function outer(a: Strided, b: Strided, out: Float32Array, to: number, m: number, n: number): void {
  for (let i = 0, at = to; i < m; i++) {
    const factor = a.values[a.from + i * a.row]!;
    for (let j = 0, p = b.from; j < n; j++, p += b.row) out[at++] = factor * b.values[p]!;
  }
}

/** Each element of its own, where what is summed follows each other in b. */
function dots(
  a: Strided,
  b: Strided,
  out: Float32Array,
  to: number,
  [m, n, k]: readonly [number, number, number],
): void {
  const [x, y] = [a.values, b.values];
  for (let i = 0, at = to; i < m; i++) {
    const start = a.from + i * a.row;
    for (let j = 0, q = b.from; j < n; j++, q += b.row) {
      let [s0, s1] = [0, 0];
      let p = start;
      let s = 0;
      for (; s + 1 < k; s += 2, p += 2 * a.step) {
        s0 += x[p]! * y[q + s]!;
        s1 += x[p + a.step]! * y[q + s + 1]!;
      }
      if (s < k) s0 += x[p]! * y[q + s]!;
      out[at++] = s0 + s1;
    }
  }
}

/** Each row as a sum of rows of b, four at a time. */
function rows(
  a: Strided,
  b: Strided,
  out: Float32Array,
  to: number,
  [m, n, k]: readonly [number, number, number],
): void {
  if (sums.length < n) sums = new Float64Array(n);
  const [x, y, row] = [a.values, b.values, sums];
  for (let i = 0, at = to; i < m; i++) {
    for (let j = 0; j < n; j++) row[j] = 0;
    let p = a.from + i * a.row;
    let q = b.from;
    let s = 0;
    for (; s + 3 < k; s += 4, p += 4 * a.step, q += 4 * b.step) {
      const [x0, x1, x2, x3] = [x[p]!, x[p + a.step]!, x[p + 2 * a.step]!, x[p + 3 * a.step]!];
      const [q1, q2, q3] = [b.step, 2 * b.step, 3 * b.step];
      for (let j = 0, r = q; j < n; j++, r += b.row)
        row[j]! += x0 * y[r]! + x1 * y[r + q1]! + (x2 * y[r + q2]! + x3 * y[r + q3]!);
    }
    for (; s < k; s++, p += a.step, q += b.step) {
      const factor = x[p]!;
      for (let j = 0, r = q; j < n; j++, r += b.row) row[j]! += factor * y[r]!;
    }
    for (let j = 0; j < n; j++) out[at++] = row[j]!;
  }
}
