import type { TensorInfo } from '@tensorflow/tfjs-core';
import { exponentsOf } from './exponents';
import { pairArithmetic } from './pairs';
import { runShader, threads, type Shader, type Stack, type WebGPUBackend } from './program';
import { elements, inRectangle, side, slicedArithmetic, slicedSums } from './slices';

/** Rows of a part at least, and invocations that are enough to occupy a device. */
const leastRows = 64;
const enough = 16384;

/** The same of x^T x, of which the blocks from the diagonal down are enough. */
const inTriangle = `
  var down = i32((sqrt(8.0 * f32(block) + 1.0) - 1.0) / 2.0);
  while (down * (down + 1) / 2 > block) { down--; }
  while ((down + 1) * (down + 2) / 2 <= block) { down++; }
  let across = block - down * (down + 1) / 2;`;

/** Parts of x^T y, or x^T (y + z), as pairs: sums over some of the rows each, `[2 parts stacks, n, m]`, high ones first. */
const products = (right: string[]): Shader => {
  const isGram = right[0] === 'X';
  const mirrored = `
    if (down != across) {
      let mirrored = (slot * n + column) * m + row;
      result[mirrored] = total.high[e];
      result[mirrored + low] = total.low[e];
    }`;
  const sums = slicedSums({
    levels: 3,
    left: [elements('X')],
    right: right.map((name) => elements(name)),
    end: `
      let at = (slot * n + row) * m + column;
      result[at] = total.high[e];
      result[at + low] = total.low[e];
      ${isGram ? mirrored : ''}`,
  });
  return {
    name: `sliced products with ${right.join()}`,
    inputs: [...new Set(['X', ...right]), 'E'],
    integers: ['zero', 'depth', 'stacks', 'parts', 'rows', 'blocks'],
    declarations: slicedArithmetic,
    body: `
      let n = uniforms.outShape.y;
      let m = uniforms.outShape.z;
      let slot = index / uniforms.blocks;
      if (slot < uniforms.parts * uniforms.stacks) {
        let block = index % uniforms.blocks;
        ${isGram ? inTriangle : inRectangle}
        let stack = slot / uniforms.parts;
        let start = slot % uniforms.parts * uniforms.rows;
        let rows = min(uniforms.rows, uniforms.depth - start);
        let xAt = (stack * uniforms.depth + start) * n;
        let yAt = (stack * uniforms.depth + start) * m;
        let eAt = slot * n;
        let fAt = ${isGram ? '' : 'uniforms.parts * uniforms.stacks * n + '}slot * m;
        let low = uniforms.parts * uniforms.stacks * n * m;
        ${sums}
      }`,
  };
};
const gram = products(['X']);
const plain = products(['Y']);
const withRest = products(['Y', 'Z']);

/** The sum of the parts onto H + L, if given: the float32 nearest to it, or what is left. */
const sum: Shader = {
  name: 'pair sum',
  inputs: ['P', 'H', 'L'],
  integers: ['zero', 'parts', 'isOnto', 'isLow'],
  declarations: pairArithmetic(1),
  body: `
    let count = uniforms.outShape.y * uniforms.outShape.z;
    if (index < uniforms.outShape.x * count) {
      var total = single(0.0);
      if (uniforms.isOnto != 0) { total = Pair(H[index], L[index]); }
      for (var part = 0; part < uniforms.parts; part++) {
        let at = (index / count * uniforms.parts + part) * count + index % count;
        total = add(total, Pair(P[at], P[at + uniforms.parts * uniforms.outShape.x * count]));
      }
      result[index] = select(total.high, total.low, uniforms.isLow != 0);
    }`,
};

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
  const parts = Math.max(1, Math.min(Math.ceil(enough / (blocks * stacks)), Math.floor(depth / leastRows)));
  const rows = Math.ceil(depth / parts);
  let partial: TensorInfo;
  if (depth > 0) {
    const scales = exponentsOf(backend, y ? [x, y] : [x], stacks, parts);
    partial = runShader({
      backend,
      shader: yLow ? withRest : y ? plain : gram,
      inputs: [x, ...(y ? [y] : []), ...(yLow ? [yLow] : []), scales],
      integers: [0, depth, stacks, parts, rows, blocks],
      workgroups: Math.ceil((parts * stacks * blocks) / threads),
      shape: [2 * parts * stacks, n, m],
    });
    backend.disposeData(scales.dataId);
  } else
    partial = backend.makeTensorInfo([2 * stacks, n, m], 'float32', new Float32Array(2 * stacks * n * m));
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
