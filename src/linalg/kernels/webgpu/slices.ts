import { pairArithmetic } from './pairs';

/** Bits of a slice, and summands of a sum that is exact in float32: of two slices' products with 2 * 10 bits, 2^4 fit into 24. */
const bits = 10;
const chunk = 16;
const slice = 2 ** bits;
/** How many summands lose no digit: sums of 2^24 a chunk fill an int32. */
export const mostRows = 128 * chunk;

/** Rows and columns of an invocation. */
export const side = 4;

/** The rows and columns of the block of results with this number. */
export const inRectangle = `
  let down = block / ((m + ${side - 1}) / ${side});
  let across = block % ((m + ${side - 1}) / ${side});`;

export const slicedArithmetic = `
  ${pairArithmetic(4)}
  fn keptOne(v : f32) -> f32 { return kept(vec4<f32>(v)).x; }
  fn powerOfTwo(k : vec4<i32>) -> vec4<f32> { return bitcast<vec4<f32>>(vec4<u32>(k + 127) << vec4<u32>(23u)); }
  // A sum in three floats.
  var<private> sum0 : vec4<f32>;
  var<private> sum1 : vec4<f32>;
  var<private> sum2 : vec4<f32>;
  fn include(v : vec4<f32>) {
    let s = twoSum(sum0, v);
    let t = twoSum(sum1, s.low);
    sum0 = s.high;
    sum1 = t.high;
    sum2 += t.low;
  }
  fn includeWhole(v : vec4<i32>, first : vec4<f32>, second : vec4<f32>) {
    let high = vec4<f32>(v);
    include(high * first * second);
    include(vec4<f32>(v - vec4<i32>(high)) * first * second);
  }
  fn rounded() -> Pair {
    let s = twoSum(sum0, sum1);
    return fastTwoSum(s.high, s.low + sum2);
  }`;

/** WGSL for an element of an input. */
type Element = (at: string) => string;

/** Elements of an input, behind others of it. */
export const elements =
  (name: string, behind = ''): Element =>
  (at) =>
    `${name}[${behind}${at}]`;

interface Sliced {
  /** Slices of each factor that are multiplied exactly: what is rounded is some 2^-(10 levels + 24) of the largest products. */
  levels: number;
  /** The left factor and the right one, each with what float32 could not hold of it, if there is more. */
  left: Element[];
  right: Element[];
  /** Code before the sums of row `row` of the result, in columns `j`. */
  start?: string;
  /** Code after them for column `column`, `e` of `total`. */
  end: string;
}

const list = <T>(n: number, f: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => f(i));
const vector = (element: (lane: number) => string): string => `vec4<f32>(${list(side, element).join(', ')})`;

/**
 * WGSL for sums of products x^T y, four by four, without rounding (Ozaki, Ogita, Oishi, Rump 2012: Error-free transformations of matrix
 * multiplication): each column is scaled by a power of two and split into slices of a few bits, so that sums of products of slices are whole
 * numbers that float32 holds. Only what is left after the last slice is rounded. With three slices that takes ten multiplications a product,
 * plain ones in any order, where pairs take some forty operations in an order that compilers have to keep.
 *
 * Reads `down` and `across`, which rows and columns of fours; `n` and `m`, lengths of rows of x and y, `xAt` and `yAt`, where the first begins;
 * `rows`; and `eAt` and `fAt`, where in E the exponents of columns of x and y begin.
 */
export function slicedSums({ levels, left, right, start = '', end }: Sliced): string {
  const exact = list(levels, (l) => l);
  const all = [...exact, levels];
  const each = (line: (r: number) => string): string => list(side, line).join('\n');
  // Slices of weight 2^(-bits l) in a product, and what is left of it.
  const terms = (l: number): string[] =>
    l < levels
      ? list(l + 1, (a) => `xSlice${a} * ySlice${l - a}`)
      : [...exact.map((a) => `xSlice${a} * yFrom${l - a}`), `xFrom${l} * yFrom0`];
  const column = (e: number): string => `yk + j[${e}]`;
  return `
    let i = min(down * ${side} + vec4<i32>(0, 1, 2, 3), vec4<i32>(n - 1));
    let j = min(across * ${side} + vec4<i32>(0, 1, 2, 3), vec4<i32>(m - 1));
    let xExponent = vec4<i32>(${vector((e) => `E[eAt + i[${e}]]`)});
    let yExponent = vec4<i32>(${vector((e) => `E[fAt + j[${e}]]`)});
    let xScale = powerOfTwo(${bits} - xExponent);
    let yScale = powerOfTwo(${bits} - yExponent);
    ${each((r) => `var left${r} = vec4<f32>(0.0); ${exact.map((l) => `var whole${l}${r} = vec4<i32>(0);`).join(' ')}`)}
    for (var first = 0; first < rows; first += ${chunk}) {
      ${each((r) => all.map((l) => `var s${l}${r} = vec4<f32>(0.0);`).join(' '))}
      for (var k = first; k < min(first + ${chunk}, rows); k++) {
        let xk = xAt + k * n;
        let yk = yAt + k * m;
        ${split('y', (element) => `${vector((e) => element(column(e)))} * yScale`, right, levels)}
        ${each(
          (r) => `{
          ${split('x', (element) => `${element(`xk + i[${r}]`)} * xScale[${r}]`, left, levels)}
          ${all.map((l) => `s${l}${r} += ${terms(l).join(' + ')};`).join('\n')}
        }`,
        )}
      }
      ${each((r) => `left${r} += s${levels}${r}; ${exact.map((l) => `whole${l}${r} += vec4<i32>(s${l}${r});`).join(' ')}`)}
    }
    ${each(
      (r) => `{
      let row = down * ${side} + ${r};
      let exponent = xExponent[${r}] + yExponent - ${2 * bits};
      let half = powerOfTwo(exponent / 2);
      let other = powerOfTwo(exponent - exponent / 2);
      sum0 = vec4<f32>(0.0);
      sum1 = vec4<f32>(0.0);
      sum2 = vec4<f32>(0.0);
      ${start}
      ${exact.map((l) => `includeWhole(whole${l}${r}, ${slice ** -l} * half, other);`).join('\n')}
      include(left${r} * ${slice ** -levels} * half * other);
      let total = rounded();
      for (var e = 0; e < ${side}; e++) {
        let column = across * ${side} + e;
        if (row < n && column < m) {
          ${end}
        }
      }
    }`,
    )}`;
}

/**
 * A factor v, scaled by `read`: slices, whole numbers in units of 2^(-bits l), and `From`, what is there from each slice on. The low part is
 * added where its digits begin.
 */
function split(
  v: 'x' | 'y',
  read: (element: Element) => string,
  [high, low]: readonly Element[],
  levels: number,
): string {
  const begin = low ? 2 : levels;
  const lines = [`let ${v}Left0 = ${read(high!)};`];
  if (low) lines.push(`let ${v}Low = ${slice ** begin} * ${read(low)};`);
  for (let l = 0; l < levels; l++) {
    const [left, whole] = [`${v}Left${l}`, `${v}Slice${l}`];
    const next = `${v === 'x' ? 'keptOne' : 'kept'}(${left} - ${whole})`;
    lines.push(
      `let ${whole} = floor(${left} + ${l === begin ? `${v}Low + ` : ''}0.5);`,
      `let ${v}Left${l + 1} = ${slice}.0 * ${l === begin ? `(${next} + ${v}Low)` : `(${left} - ${whole})`};`,
    );
  }
  lines.push(`let ${v}From${levels} = ${v}Left${levels};`);
  for (let l = levels - 1; l >= 0; l--) {
    const isLater = low && l > 0 && l <= begin;
    lines.push(
      `let ${v}From${l} = ${isLater ? `${v}Slice${l} + ${1 / slice} * ${v}From${l + 1}` : `${v}Left${l}`};`,
    );
  }
  return lines.join('\n');
}
