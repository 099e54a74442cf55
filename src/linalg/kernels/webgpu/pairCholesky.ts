import type { TensorInfo } from '@tensorflow/tfjs-core';
import { area, each, rowsApart, size } from './block';
import { pairArithmetic } from './pairs';
import { runShader, threads, type Shader, type Stack, type WebGPUBackend } from './program';

/*
 * Stacks of matrices of pairs are tensors `[2 stacks, n, m]`, high parts first.
 */

/** G + rows lambda I: the matrix of the system, times rows, which takes no division. */
const ridge: Shader = {
  name: 'pair ridge',
  inputs: ['H', 'L', 'R'],
  integers: ['zero', 'rows', 'stacksOfRidge'],
  declarations: pairArithmetic(1),
  body: `
    let n = uniforms.outShape.y;
    let count = uniforms.outShape.x / 2 * n * n;
    if (index < count) {
      var v = fastTwoSum(H[index], L[index]);
      if ((index / n) % n == index % n) {
        v = add(v, twoProduct(f32(uniforms.rows), R[index / (n * n) / uniforms.stacksOfRidge]));
      }
      result[index] = v.high;
      result[index + count] = v.low;
    }`,
};

/**
 * One column of blocks of L, right-looking: L_kk with L_kk L_kk^T = W_kk, and L_ik = W_ik L_kk^-T. Each workgroup makes one block L_ik, and
 * factors W_kk for itself: both lie in S, W_kk above. NaN from the first pivot on that is not positive.
 */
const panel: Shader = {
  name: 'pair Cholesky panel',
  inputs: ['W'],
  integers: ['zero', 'k', 'blocks'],
  declarations: `
    var<workgroup> Sh : array<f32, ${2 * area}>;
    var<workgroup> Sl : array<f32, ${2 * area}>;
    fn part(at : i32) -> Pair { return Pair(Sh[at], Sl[at]); }
    fn share(at : i32, v : Pair) { Sh[at] = v.high; Sl[at] = v.low; }
    ${pairArithmetic(1)}`,
  body: `
    let n = uniforms.outShape.y;
    let stacks = uniforms.outShape.x / 2;
    let below = uniforms.blocks - uniforms.k;
    let live = w / below < stacks;
    let base = min(w / below, stacks - 1) * n * n;
    let low = stacks * n * n;
    let i = uniforms.k + w % below;
    let col = t % ${size};
    let column = uniforms.k * ${size} + col;
    for (var e = 0; e < ${2 * each}; e++) {
      let r = t / ${size} + e * ${rowsApart};
      let row = select(i, uniforms.k, e < ${each}) * ${size} + r % ${size};
      var v = single(select(0.0, 1.0, row == column));
      if (row < n && column < n) {
        let at = base + row * n + column;
        v = Pair(W[at], W[at + low]);
      }
      share(r * ${size} + col, v);
    }
    workgroupBarrier();
    for (var j = 0; j < min(${size}, n - uniforms.k * ${size}); j++) {
      let pivot = part(j * ${size + 1});
      workgroupBarrier();
      if (t >= j && t < ${2 * size}) {
        var diagonal = root(pivot);
        if (!(pivot.high > 0.0) || isinf(pivot.high)) { diagonal = single(uniforms.NAN); }
        if (t > j) { diagonal = quotient(part(t * ${size} + j), diagonal); }
        share(t * ${size} + j, diagonal);
      }
      workgroupBarrier();
      if (col > j) {
        let across = minus(part(col * ${size} + j));
        for (var e = 0; e < ${2 * each}; e++) {
          let row = (t / ${size} + e * ${rowsApart}) * ${size};
          share(row + col, add(part(row + col), product(part(row + j), across)));
        }
      }
      workgroupBarrier();
    }
    for (var e = select(0, ${each}, i > uniforms.k); e < select(${each}, ${2 * each}, i > uniforms.k); e++) {
      let r = t / ${size} + e * ${rowsApart};
      let row = i * ${size} + r % ${size};
      if (live && row < n && column < n) {
        let v = part(r * ${size} + col);
        result[base + row * n + column] = v.high;
        result[base + row * n + column + low] = v.low;
      }
    }`,
};

/** W_ij -= L_ik L_jk^T, for the blocks i >= j > k: an invocation computes two by two elements. */
const update: Shader = {
  name: 'pair Cholesky update',
  inputs: ['F'],
  integers: ['zero', 'k', 'tiles'],
  declarations: `
    var<workgroup> Ih : array<f32, ${area}>;
    var<workgroup> Il : array<f32, ${area}>;
    var<workgroup> Jh : array<f32, ${area}>;
    var<workgroup> Jl : array<f32, ${area}>;
    ${pairArithmetic(4)}`,
  body: `
    let n = uniforms.outShape.y;
    let stacks = uniforms.outShape.x / 2;
    let live = w / uniforms.tiles < stacks;
    let base = min(w / uniforms.tiles, stacks - 1) * n * n;
    let low = stacks * n * n;
    var i = 0;
    var j = w % uniforms.tiles;
    while (j > i) { i++; j -= i; }
    i = (i + uniforms.k + 1) * ${size};
    j = (j + uniforms.k + 1) * ${size};
    for (var e = 0; e < ${each}; e++) {
      let r = t / ${size} + e * ${rowsApart};
      let q = t % ${size};
      var a = vec2<f32>(0.0);
      var b = vec2<f32>(0.0);
      // Only the last block may be incomplete, so the column is there.
      if (i + r < n) {
        let source = base + (i + r) * n + uniforms.k * ${size} + q;
        a = vec2<f32>(F[source], F[source + low]);
      }
      if (j + r < n) {
        let source = base + (j + r) * n + uniforms.k * ${size} + q;
        b = vec2<f32>(F[source], F[source + low]);
      }
      Ih[q * ${size} + r] = a.x;
      Il[q * ${size} + r] = a.y;
      Jh[q * ${size} + r] = b.x;
      Jl[q * ${size} + r] = b.y;
    }
    workgroupBarrier();
    let r = t / ${size / 2};
    let c = t % ${size / 2};
    var sum = single(vec4<f32>(0.0));
    for (var q = 0; q < ${size}; q++) {
      let a = q * ${size} + r;
      let b = q * ${size} + c;
      sum = accumulate(sum, product(
        Pair(vec2<f32>(Ih[a], Ih[a + ${size / 2}]).xxyy, vec2<f32>(Il[a], Il[a + ${size / 2}]).xxyy),
        Pair(vec2<f32>(Jh[b], Jh[b + ${size / 2}]).xyxy, vec2<f32>(Jl[b], Jl[b + ${size / 2}]).xyxy)));
    }
    var at = array<i32, 4>();
    var given = single(vec4<f32>(0.0));
    for (var e = 0; e < 4; e++) {
      let row = i + r + (e / 2) * ${size / 2};
      let col = j + c + (e % 2) * ${size / 2};
      at[e] = select(-1, base + row * n + col, live && row < n && col < n);
      if (at[e] >= 0) {
        given.high[e] = result[at[e]];
        given.low[e] = result[at[e] + low];
      }
    }
    let left = add(given, minus(sum));
    for (var e = 0; e < 4; e++) {
      if (at[e] >= 0) {
        result[at[e]] = left.high[e];
        result[at[e] + low] = left.low[e];
      }
    }`,
};

/**
 * L with L L^T = high + low + rows lambda I, in pairs, as a stack `[2 stacks, n, n]` whose blocks above the diagonal are undefined.
 *
 * @param lambda `[1, 1, count]`, each for as many of the matrices
 */
export function factorRidge(
  backend: WebGPUBackend,
  high: Stack,
  low: Stack,
  rows: number,
  lambda: Stack,
): Stack {
  const [stacks, n] = high.shape;
  const shape: Stack['shape'] = [2 * stacks, n, n];
  const blocks = Math.ceil(n / size);
  const left = runShader({
    backend,
    shader: ridge,
    inputs: [high, low, lambda],
    integers: [0, rows, stacks / lambda.shape[2]],
    workgroups: Math.ceil((stacks * n * n) / threads),
    shape,
  });
  let factor: TensorInfo | undefined;
  for (let k = 0; k < blocks; k++) {
    factor = runShader({
      backend,
      shader: panel,
      inputs: [left],
      integers: [0, k, blocks],
      workgroups: stacks * (blocks - k),
      shape,
      output: factor,
    });
    const below = blocks - k - 1;
    const tiles = (below * (below + 1)) / 2;
    if (tiles === 0) continue;
    runShader({
      backend,
      shader: update,
      inputs: [factor],
      integers: [0, k, tiles],
      workgroups: stacks * tiles,
      shape,
      output: left,
    });
  }
  backend.disposeData(left.dataId);
  return { ...factor!, shape };
}
