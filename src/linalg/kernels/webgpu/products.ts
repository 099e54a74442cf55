import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dispatcher, threads, type Launch, type WebGPUBackend } from '../../../core/webgpu';
import type { Stack } from '../stack';
import { exponentsOf } from './exponents';
import { pairArithmetic } from './pairs';
import { elements, inRectangle, side, slicedArithmetic, slicedSums } from './slices';

/** Rows of a part at least, and invocations that are enough to occupy a device: with two thirds of them parts, and their sum, cost more than they gain. */
const leastRows = 64;
const enough = 16384;

/** The same of x^T x, of which the blocks from the diagonal down are enough. */
const inTriangle = `
  var down = i32((sqrt(8.0 * f32(block) + 1.0) - 1.0) / 2.0);
  while (down * (down + 1) / 2 > block) { down--; }
  while ((down + 1) * (down + 2) / 2 <= block) { down++; }
  let across = block - down * (down + 1) / 2;`;

/** Parts of x^T x, or of x^T y, or of x^T (y + z), as pairs: sums over some of the rows each, `[parts stacks, n, m]`. */
const products = (...right: string[]): ReturnType<typeof dispatcher> => {
  const isGram = right.length === 0;
  const store = (at: string): string => `r0[${at}] = total.high[e]; r1[${at}] = total.low[e];`;
  const sums = slicedSums({
    levels: 3,
    left: [elements('X')],
    right: (isGram ? ['X'] : right).map((name) => elements(name)),
    end: `
      ${store('(slot * n + row) * m + column')}
      ${isGram ? `if (down != across) { ${store('(slot * n + column) * m + row')} }` : ''}`,
  });
  return dispatcher({
    name: 'sliced products',
    inputs: ['X', ...right, 'E'],
    declarations: slicedArithmetic,
    body: `
      let n = uniforms.n;
      let m = uniforms.m;
      let slot = index / uniforms.blocks;
      if (slot < uniforms.slots) {
        let block = index % uniforms.blocks;
        ${isGram ? inTriangle : inRectangle}
        let stack = slot / uniforms.parts;
        let start = slot % uniforms.parts * uniforms.rows;
        let rows = min(uniforms.rows, uniforms.depth - start);
        let xAt = (stack * uniforms.depth + start) * n;
        let yAt = (stack * uniforms.depth + start) * m;
        let eAt = slot * n;
        let fAt = ${isGram ? '' : 'uniforms.slots * n + '}slot * m;
        ${sums}
      }`,
  });
};
const gram = products();
const plain = products('Y');
const withRest = products('Y', 'Z');

/** Sums of the parts H + L, onto A + B if given: the float32 nearest to each, and what is left. */
const sum = dispatcher({
  name: 'pair sum',
  inputs: ['H', 'L', 'A', 'B'],
  declarations: pairArithmetic(1),
  body: `
    if (index < uniforms.size) {
      var total = single(0.0);
      if (uniforms.isOnto != 0) { total = Pair(A[index], B[index]); }
      for (var part = 0; part < uniforms.parts; part++) {
        let at = (index / uniforms.count * uniforms.parts + part) * uniforms.count + index % uniforms.count;
        total = add(total, Pair(H[at], L[at]));
      }
      r0[index] = total.high;
      r1[index] = total.low;
    }`,
});

export interface Factors {
  /** `[stacks, depth, n]`. */
  x: Stack;
  /** `[stacks, depth, m]`, and what float32 could not hold of it. Absent: x itself. */
  y?: Stack | undefined;
  yLow?: Stack | undefined;
}

/** onto + x^T (y + yLow), as the pair [high, low]. */
export function sumOfProducts(
  backend: WebGPUBackend,
  { x, y, yLow }: Factors,
  onto?: [Stack, Stack],
): [TensorInfo, TensorInfo] {
  const [stacks, depth, n] = x.shape;
  const m = y ? y.shape[2] : n;
  const [down, across] = [Math.ceil(n / side), Math.ceil(m / side)];
  const blocks = y ? down * across : (down * (down + 1)) / 2;
  const parts = Math.max(1, Math.min(Math.round(enough / (blocks * stacks)), Math.floor(depth / leastRows)));
  const rows = Math.ceil(depth / parts);
  const pair = (slots: number): Launch['outputs'] =>
    [0, 1].map(() => ({ shape: [slots, n, m], dtype: 'float32' }));
  const slots = parts * stacks;
  let sums: TensorInfo[];
  if (depth > 0) {
    const scales = exponentsOf(backend, x, y, parts);
    sums = (yLow ? withRest : y ? plain : gram)({
      outputs: pair(slots),
      workgroups: Math.ceil((slots * blocks) / threads),
      integers: { n, m, depth, slots, parts, rows, blocks },
    })(backend, [x, ...(y ? [y] : []), ...(yLow ? [yLow] : []), scales]);
    backend.disposeData(scales.dataId);
  } else
    sums = pair(slots).map(({ shape, dtype }) =>
      backend.makeTensorInfo([...shape], dtype, new Float32Array(slots * n * m)),
    );
  if (parts === 1 && !onto) return sums as [TensorInfo, TensorInfo];
  const totals = sum({
    outputs: pair(stacks),
    workgroups: Math.ceil((stacks * n * m) / threads),
    integers: { size: stacks * n * m, count: n * m, parts, isOnto: Number(!!onto) },
  })(backend, [...sums, ...(onto ?? sums)]);
  for (const { dataId } of sums) backend.disposeData(dataId);
  return totals as [TensorInfo, TensorInfo];
}
