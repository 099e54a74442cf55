import type { TensorInfo } from '@tensorflow/tfjs-core';
import { pairArithmetic } from './pairs';
import { runShader, threads, type Shader, type Stack, type WebGPUBackend } from './program';

/** Rows and columns of a tile, of which an invocation computes two by two, and summands between barriers. */
const size = 32;
const area = size * size;
const each = area / threads;

/** Rows of a part at least, and workgroups that are enough to occupy a device. */
const leastRows = 256;
const enoughWorkgroups = 128;

/** Ways to sum: WGSL for one more product `p` of a and b, for one more sum of 32 products, and for the end. */
interface Summing {
  term: string;
  chunk: string;
  end: string;
}

/** In pairs. Sums of 32 products start from zero, so that long sums lose no more than their number of chunks does. */
const inPairs: Summing = {
  term: 'sum = accumulate(sum, p);',
  chunk: 'total = add(total, sum);',
  end: '',
};

/** In three floats: products with pairs are to cancel to less than pairs hold, where they lead out of the dual form. */
const inTriples: Summing = {
  term: `
    let q = twoProduct(a, vec2<f32>(Rest[k * ${size} + c], Rest[k * ${size} + c + ${size / 2}]).xyxy);
    let s = twoSum(sum.high, p.high);
    let first = twoSum(sum.low, s.low);
    let second = twoSum(first.high, p.low);
    let third = twoSum(second.high, q.high);
    sum = Pair(s.high, third.high);
    rest += (first.low + second.low) + (third.low + q.low);`,
  chunk: `
    let s = twoSum(total.high, sum.high);
    let first = twoSum(total.low, s.low);
    let second = twoSum(first.high, sum.low);
    total = Pair(s.high, second.high);
    rest += first.low + second.low;`,
  end: `
    total = twoSum(total.high, total.low);
    total = fastTwoSum(total.high, total.low + rest);`,
};

/** Parts of x^T y, or x^T (y + z), as pairs: sums over some of the rows each, `[2 parts stacks, n, m]`, high ones first. */
const products = (hasRest: boolean, { term, chunk, end }: Summing): Shader => ({
  name: `pair products${hasRest ? ' with rest' : ''}`,
  inputs: hasRest ? ['X', 'Y', 'Z'] : ['X', 'Y'],
  integers: ['zero', 'depth', 'stacks', 'parts', 'rows', 'tiles', 'across', 'transposed', 'isGram'],
  declarations: `
    var<workgroup> Left : array<f32, ${area}>;
    var<workgroup> Right : array<f32, ${area}>;
    ${hasRest ? `var<workgroup> Rest : array<f32, ${area}>;` : ''}
    ${pairArithmetic(4)}`,
  body: `
    let n = uniforms.outShape.y;
    let m = uniforms.outShape.z;
    let live = w < uniforms.parts * uniforms.stacks * uniforms.tiles;
    let slot = min(w / uniforms.tiles, uniforms.parts * uniforms.stacks - 1);
    let stack = slot % uniforms.stacks;
    let tile = w % uniforms.tiles;
    var tileRow = tile / uniforms.across;
    var tileCol = tile % uniforms.across;
    if (uniforms.isGram != 0) {
      tileRow = 0;
      tileCol = tile;
      while (tileCol > tileRow) { tileRow++; tileCol -= tileRow; }
    }
    let r = t / ${size / 2};
    let c = t % ${size / 2};
    var total = single(vec4<f32>(0.0));
    ${hasRest ? 'var rest = vec4<f32>(0.0);' : ''}
    for (var step = 0; step < uniforms.rows; step += ${size}) {
      let start = (slot / uniforms.stacks) * uniforms.rows + step;
      for (var e = 0; e < ${each}; e++) {
        let id = e * ${threads} + t;
        // Neighbouring invocations read neighbouring elements.
        let k = select(id / ${size}, id % ${size}, uniforms.transposed != 0);
        let j = select(id % ${size}, id / ${size}, uniforms.transposed != 0);
        let row = start + k;
        let i = tileRow * ${size} + j;
        let o = tileCol * ${size} + j;
        var a = 0.0;
        if (row < uniforms.depth && i < n) {
          a = X[stack * uniforms.depth * n + select(row * n + i, i * uniforms.depth + row, uniforms.transposed != 0)];
        }
        Left[k * ${size} + j] = a;
        let isThere = row < uniforms.depth && o < m;
        let at = stack * uniforms.depth * m + select(row * m + o, o * uniforms.depth + row, uniforms.transposed != 0);
        Right[k * ${size} + j] = 0.0;
        if (isThere) { Right[k * ${size} + j] = Y[at]; }
        ${hasRest ? `Rest[k * ${size} + j] = 0.0;\n if (isThere) { Rest[k * ${size} + j] = Z[at]; }` : ''}
      }
      workgroupBarrier();
      var sum = single(vec4<f32>(0.0));
      for (var k = 0; k < min(${size}, uniforms.depth - start); k++) {
        let a = vec2<f32>(Left[k * ${size} + r], Left[k * ${size} + r + ${size / 2}]).xxyy;
        let b = vec2<f32>(Right[k * ${size} + c], Right[k * ${size} + c + ${size / 2}]).xyxy;
        let p = twoProduct(a, b);
        ${term}
      }
      ${chunk}
      workgroupBarrier();
    }
    ${end}
    let low = uniforms.parts * uniforms.stacks * n * m;
    for (var e = 0; e < 4; e++) {
      let row = tileRow * ${size} + r + (e / 2) * ${size / 2};
      let col = tileCol * ${size} + c + (e % 2) * ${size / 2};
      let isWanted = uniforms.isGram == 0 || row >= col;
      if (live && row < n && col < m && isWanted) {
        let at = (slot * n + row) * m + col;
        result[at] = total.high[e];
        result[at + low] = total.low[e];
        if (uniforms.isGram != 0) {
          let mirrored = (slot * n + col) * m + row;
          result[mirrored] = total.high[e];
          result[mirrored + low] = total.low[e];
        }
      }
    }`,
});
const plain = products(false, inPairs);
const withRest = products(true, inTriples);

/** The sum of the parts onto H + L, if given: the float32 nearest to it, or what is left. */
const sum: Shader = {
  name: 'pair sum',
  inputs: ['P', 'H', 'L'],
  integers: ['zero', 'parts', 'isOnto', 'isLow'],
  declarations: pairArithmetic(1),
  body: `
    let count = uniforms.outShape.x * uniforms.outShape.y * uniforms.outShape.z;
    if (index < count) {
      var total = single(0.0);
      if (uniforms.isOnto != 0) { total = Pair(H[index], L[index]); }
      for (var part = 0; part < uniforms.parts; part++) {
        let at = part * count + index;
        total = add(total, Pair(P[at], P[at + uniforms.parts * count]));
      }
      result[index] = select(total.high, total.low, uniforms.isLow != 0);
    }`,
};

export interface Factors {
  /** `[stacks, depth, n]`; with `transposed` `[stacks, n, depth]`. */
  x: Stack;
  /** `[stacks, depth, m]`, and what float32 could not hold of it. Absent: x itself. */
  y?: Stack | undefined;
  yLow?: Stack | undefined;
  transposed?: boolean;
}

/** onto + x^T (y + yLow), as the pair [high, low]. */
export function sumOfProducts(
  backend: WebGPUBackend,
  { x, y, yLow, transposed = false }: Factors,
  onto?: [Stack, Stack],
): [TensorInfo, TensorInfo] {
  const [stacks, rows, columns] = x.shape;
  const [depth, n] = transposed ? [columns, rows] : [rows, columns];
  const m = y ? y.shape[2] : n;
  const [down, across] = [Math.ceil(n / size), Math.ceil(m / size)];
  const tiles = y ? down * across : (down * (down + 1)) / 2;
  const wanted = Math.ceil(enoughWorkgroups / (tiles * stacks));
  const parts = Math.max(1, Math.min(wanted, Math.floor(depth / leastRows)));
  const rowsOfPart = size * Math.ceil(depth / parts / size);
  const partial =
    depth > 0
      ? runShader({
          backend,
          shader: yLow ? withRest : plain,
          inputs: [x, y ?? x, ...(yLow ? [yLow] : [])],
          integers: [
            0,
            depth,
            stacks,
            parts,
            rowsOfPart,
            tiles,
            across,
            Number(transposed),
            Number(!y),
            Number(!!yLow), // prettier-ignore
          ],
          workgroups: parts * stacks * tiles,
          shape: [2 * parts * stacks, n, m],
        })
      : backend.makeTensorInfo([2 * stacks, n, m], 'float32', new Float32Array(2 * stacks * n * m));
  const [high, low] = [0, 1].map((isLow) =>
    runShader({
      backend,
      shader: sum,
      inputs: [partial, ...(onto ?? [partial, partial])],
      integers: [0, parts, Number(!!onto), isLow],
      workgroups: Math.ceil((stacks * n * m) / threads),
      shape: [stacks, n, m],
    }),
  );
  backend.disposeData(partial.dataId);
  return [high!, low!];
}
