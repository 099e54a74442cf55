import type { TensorInfo } from '@tensorflow/tfjs-core';
import { threads, type WebGPUBackend } from '../../../core/webgpu';
import type { Stack } from '../stack';
import { exponentsOf } from './exponents';
import { factorRidge } from './pairCholesky';
import { pairArithmetic } from './pairs';
import { substitutePairs } from './pairSubstitution';
import { shader } from './program';
import { elements, inRectangle, side, slicedArithmetic, slicedSums } from './slices';

/**
 * y - (G + rows lambda I) x, whose sums hold more than pairs do: with no more digits a refinement step would gain none. The residual itself needs
 * few, so it is rounded.
 */
const residual = shader({
  name: 'pair residual',
  inputs: ['H', 'L', 'R', 'X', 'Y', 'Z', 'E'],
  declarations: slicedArithmetic,
  body: `
    let n = uniforms.n;
    let m = uniforms.m;
    let stack = index / uniforms.blocks;
    if (stack < uniforms.count) {
      let block = index % uniforms.blocks;
      ${inRectangle}
      let rows = n;
      let xAt = stack * n * n;
      let yAt = stack * n * m;
      let eAt = stack * n;
      let fAt = uniforms.count * n + stack * m;
      let low = uniforms.count * n * m;
      let ridge = twoProduct(vec4<f32>(f32(uniforms.rows)), vec4<f32>(R[stack / uniforms.stacksOfRidge]));
      ${slicedSums({
        levels: 4,
        left: [elements('H'), elements('L')],
        right: [elements('X'), elements('X', 'low + ')],
        start: `
          let at = yAt + min(row, n - 1) * m + j;
          include(-vec4<f32>(Y[at.x], Y[at.y], Y[at.z], Y[at.w]));
          if (uniforms.hasRest != 0) { include(-vec4<f32>(Z[at.x], Z[at.y], Z[at.z], Z[at.w])); }
          let x = vec4<f32>(X[at.x], X[at.y], X[at.z], X[at.w]);
          let xLow = vec4<f32>(X[low + at.x], X[low + at.y], X[low + at.z], X[low + at.w]);
          let p = twoProduct(ridge.high, x);
          let q = twoProduct(ridge.high, xLow);
          let r = twoProduct(ridge.low, x);
          include(p.high);
          include(p.low);
          include(q.high);
          include(r.high);
          include(q.low + r.low + ridge.low * xLow);`,
        end: `r0[yAt + row * m + column] = -total.high[e];`,
      })}
    }`,
});

/** (x + d) times an integer: the high part or the low one. */
const scaled = shader({
  name: 'pair part',
  inputs: ['X', 'D'],
  declarations: pairArithmetic(1),
  body: `
    let count = uniforms.count * uniforms.n * uniforms.m;
    if (index < count) {
      // Rounded once, at the end.
      let factor = f32(uniforms.factor);
      let high = twoProduct(X[index], factor);
      let low = twoProduct(X[index + count], factor);
      let d = twoProduct(D[index], factor);
      let first = twoSum(high.low, low.high);
      let second = twoSum(first.high, d.high);
      let s = twoSum(high.high, second.high);
      let rest = (first.low + second.low) + (low.low + d.low + D[index + count] * factor);
      let v = fastTwoSum(s.high, s.low + rest);
      r0[index] = select(v.high, v.low, uniforms.isLow != 0);
    }`,
});

/** A ridge system (high + low) / rows + lambda I, whose lambda `[1, 1, count]` are for as many of the matrices each. */
export interface Ridge {
  high: Stack;
  low: Stack;
  rows: number;
  lambda: Stack;
}

/**
 * x with ((high + low) / rows + lambda I) x = y + yLow, refined once (at condition 1e10 the factor is good to three digits): its high part and, if asked, its low one. The systems solved are
 * (high + low + rows lambda I) z = y + yLow, with x = rows z, which takes no division.
 */
export function solveRidge(
  backend: WebGPUBackend,
  ridge: Ridge,
  y: Stack,
  yLow: Stack | undefined,
  wide: boolean,
): TensorInfo[] {
  const { high, low, rows, lambda } = ridge;
  const { shape } = y;
  const [stacks, n, m] = shape;
  const factor = factorRidge(backend, high, low, rows, lambda);
  const z = substitutePairs(backend, factor, y, yLow);
  const scales = exponentsOf(backend, high, z);
  const blocks = Math.ceil(n / side) * Math.ceil(m / side);
  const left = residual(backend, {
    inputs: [high, low, lambda, z, y, yLow ?? y, scales],
    integers: { rows, stacksOfRidge: stacks / lambda.shape[2], hasRest: Number(!!yLow), blocks },
    workgroups: Math.ceil((stacks * blocks) / threads),
    shape,
  });
  const d = substitutePairs(backend, factor, left, undefined);
  const halves = (wide ? [0, 1] : [0]).map((isLow) =>
    scaled(backend, { inputs: [z, d], integers: { factor: rows, isLow }, shape }),
  );
  for (const { dataId } of [factor, z, scales, left, d]) backend.disposeData(dataId);
  return halves;
}
