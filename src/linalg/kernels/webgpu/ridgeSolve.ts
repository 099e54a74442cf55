import type { TensorInfo } from '@tensorflow/tfjs-core';
import { factorRidge } from './pairCholesky';
import { pairArithmetic } from './pairs';
import { substitutePairs } from './pairSubstitution';
import { runShader, threads, type Shader, type Stack, type WebGPUBackend } from './program';

/** Rows and columns of a tile of residuals. */
const tile = 16;

/**
 * y - (G + rows lambda I) x, in sums of three floats each: with no more digits than pairs have, a refinement step would gain none. The
 * residual itself needs few, so it is rounded.
 */
const residual: Shader = {
  name: 'pair residual',
  inputs: ['H', 'L', 'R', 'X', 'Y', 'Z'],
  integers: ['zero', 'rows', 'stacksOfRidge', 'hasRest'],
  declarations: `
    var<workgroup> Gh : array<f32, ${tile * tile}>;
    var<workgroup> Gl : array<f32, ${tile * tile}>;
    var<workgroup> Xh : array<f32, ${tile * tile}>;
    var<workgroup> Xl : array<f32, ${tile * tile}>;
    ${pairArithmetic(1)}
    var<private> sums : vec3<f32>;
    fn addLow(v : f32) {
      let s = twoSum(sums.y, v);
      sums.y = s.high;
      sums.z += s.low;
    }
    fn addHigh(v : f32) {
      let s = twoSum(sums.x, v);
      sums.x = s.high;
      addLow(s.low);
    }
    fn subtract(a : Pair, b : Pair) {
      let p = twoProduct(-a.high, b.high);
      let q = twoProduct(-a.high, b.low);
      let r = twoProduct(-a.low, b.high);
      addHigh(p.high);
      addLow(p.low);
      addLow(q.high);
      addLow(r.high);
      sums.z += (q.low + r.low) - a.low * b.low;
    }`,
  body: `
    let n = uniforms.outShape.y;
    let m = uniforms.outShape.z;
    let down = (n + ${tile - 1}) / ${tile};
    let across = (m + ${tile - 1}) / ${tile};
    let live = w / (down * across) < uniforms.outShape.x;
    let stack = min(w / (down * across), uniforms.outShape.x - 1);
    let low = uniforms.outShape.x * n * m;
    let r = t / ${tile};
    let c = t % ${tile};
    let row = ((w / across) % down) * ${tile} + r;
    let col = (w % across) * ${tile} + c;
    let at = (stack * n + row) * m + col;
    let inside = live && row < n && col < m;
    sums = vec3<f32>(0.0);
    if (inside) {
      sums.x = Y[at];
      if (uniforms.hasRest != 0) { sums.y = Z[at]; }
      let ridge = twoProduct(f32(uniforms.rows), R[stack / uniforms.stacksOfRidge]);
      subtract(ridge, Pair(X[at], X[at + low]));
    }
    for (var k = 0; k < n; k += ${tile}) {
      var g = vec2<f32>(0.0);
      var x = vec2<f32>(0.0);
      if (row < n && k + c < n) {
        let source = (stack * n + row) * n + k + c;
        g = vec2<f32>(H[source], L[source]);
      }
      if (k + r < n && col < m) {
        let source = (stack * n + k + r) * m + col;
        x = vec2<f32>(X[source], X[source + low]);
      }
      Gh[t] = g.x;
      Gl[t] = g.y;
      Xh[t] = x.x;
      Xl[t] = x.y;
      workgroupBarrier();
      for (var j = 0; j < min(${tile}, n - k); j++) {
        let a = r * ${tile} + j;
        let b = j * ${tile} + c;
        subtract(Pair(Gh[a], Gl[a]), Pair(Xh[b], Xl[b]));
      }
      workgroupBarrier();
    }
    let sum = twoSum(sums.x, sums.y);
    if (inside) { result[at] = sum.high + (sum.low + sums.z); }`,
};

/** (x + d) times an integer: the high part or the low one. */
const scaled: Shader = {
  name: 'pair part',
  inputs: ['X', 'D'],
  integers: ['zero', 'factor', 'isLow'],
  declarations: pairArithmetic(1),
  body: `
    let count = uniforms.outShape.x * uniforms.outShape.y * uniforms.outShape.z;
    if (index < count) {
      // Rounded once, at the end: see products.ts.
      let factor = f32(uniforms.factor);
      let high = twoProduct(X[index], factor);
      let low = twoProduct(X[index + count], factor);
      let d = twoProduct(D[index], factor);
      let first = twoSum(high.low, low.high);
      let second = twoSum(first.high, d.high);
      let s = twoSum(high.high, second.high);
      let rest = (first.low + second.low) + (low.low + d.low + D[index + count] * factor);
      let v = fastTwoSum(s.high, s.low + rest);
      result[index] = select(v.high, v.low, uniforms.isLow != 0);
    }`,
};

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
  const [stacks, n, m] = y.shape;
  const factor = factorRidge(backend, high, low, rows, lambda);
  const z = substitutePairs(backend, factor, y, yLow);
  const left = runShader({
    backend,
    shader: residual,
    inputs: [high, low, lambda, z, y, yLow ?? y],
    integers: [0, rows, stacks / lambda.shape[2], Number(!!yLow)],
    workgroups: stacks * Math.ceil(n / tile) * Math.ceil(m / tile),
    shape: y.shape,
  });
  const d = substitutePairs(backend, factor, { ...left, shape: y.shape }, undefined);
  const halves = (wide ? [0, 1] : [0]).map((isLow) =>
    runShader({
      backend,
      shader: scaled,
      inputs: [z, d],
      integers: [0, rows, isLow],
      workgroups: Math.ceil((stacks * n * m) / threads),
      shape: y.shape,
    }),
  );
  for (const { dataId } of [factor, z, left, d]) backend.disposeData(dataId);
  return halves;
}
