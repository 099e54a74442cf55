import type { TensorInfo } from '@tensorflow/tfjs-core';
import { pairArithmetic } from './pairs';
import { runShader, threads, type Shader, type Stack, type WebGPUBackend } from './program';

/*
 * Stacks of matrices of pairs are tensors `[2 stacks, n, m]`, high parts first.
 */

/** Rows and columns of a block. */
const size = 32;
const area = size * size;
const each = area / threads;
const rowsApart = threads / size;

/** The four elements of a block that are an invocation's own, in column `col` of the block. */
const own = (array: string): string =>
  `vec4<f32>(${[0, 1, 2, 3].map((e) => `${array}[(row + ${e * rowsApart}) * ${size} + col]`).join(', ')})`;
const ownRows = (array: string, col: string): string =>
  `vec4<f32>(${[0, 1, 2, 3].map((e) => `${array}[(row + ${e * rowsApart}) * ${size} + ${col}]`).join(', ')})`;
const store = (array: string, values: string): string =>
  [0, 1, 2, 3].map((e) => `${array}[(row + ${e * rowsApart}) * ${size} + col] = ${values}[${e}];`).join('\n');

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
 * factors W_kk for itself. NaN from the first pivot on that is not positive.
 */
const panel: Shader = {
  name: 'pair Cholesky panel',
  inputs: ['W'],
  integers: ['zero', 'k', 'blocks'],
  declarations: `
    var<workgroup> Dh : array<f32, ${area}>;
    var<workgroup> Dl : array<f32, ${area}>;
    var<workgroup> Ph : array<f32, ${area}>;
    var<workgroup> Pl : array<f32, ${area}>;
    ${pairArithmetic(4)}`,
  body: `
    let n = uniforms.outShape.y;
    let k = uniforms.k;
    let stacks = uniforms.outShape.x / 2;
    let below = uniforms.blocks - k;
    let live = w / below < stacks;
    let base = min(w / below, stacks - 1) * n * n;
    let low = stacks * n * n;
    let i = k + w % below;
    let col = t % ${size};
    let row = t / ${size};
    for (var e = 0; e < ${each}; e++) {
      let r = row + e * ${rowsApart};
      let at = vec3<i32>(k * ${size} + r, i * ${size} + r, k * ${size} + col);
      var d = vec2<f32>(select(0.0, 1.0, at.x == at.z), 0.0);
      var p = vec2<f32>(0.0);
      if (at.x < n && at.z < n) {
        let source = base + at.x * n + at.z;
        d = vec2<f32>(W[source], W[source + low]);
      }
      if (at.y < n && at.z < n) {
        let source = base + at.y * n + at.z;
        p = vec2<f32>(W[source], W[source + low]);
      }
      Dh[r * ${size} + col] = d.x;
      Dl[r * ${size} + col] = d.y;
      Ph[r * ${size} + col] = p.x;
      Pl[r * ${size} + col] = p.y;
    }
    workgroupBarrier();
    for (var j = 0; j < ${size}; j++) {
      let pivot = Pair(vec4<f32>(Dh[j * ${size + 1}]), vec4<f32>(Dl[j * ${size + 1}]));
      workgroupBarrier();
      if (t >= j && t < ${2 * size}) {
        var diagonal = root(pivot);
        if (!(pivot.high.x > 0.0) || isinf(pivot.high.x)) { diagonal = single(vec4<f32>(uniforms.NAN)); }
        let at = (t % ${size}) * ${size} + j;
        if (t == j) {
          Dh[at] = diagonal.high.x;
          Dl[at] = diagonal.low.x;
        } else if (t < ${size}) {
          let v = quotient(Pair(vec4<f32>(Dh[at]), vec4<f32>(Dl[at])), diagonal);
          Dh[at] = v.high.x;
          Dl[at] = v.low.x;
        } else {
          let v = quotient(Pair(vec4<f32>(Ph[at]), vec4<f32>(Pl[at])), diagonal);
          Ph[at] = v.high.x;
          Pl[at] = v.low.x;
        }
      }
      workgroupBarrier();
      if (col > j) {
        let across = Pair(vec4<f32>(-Dh[col * ${size} + j]), vec4<f32>(-Dl[col * ${size} + j]));
        let d = add(Pair(${own('Dh')}, ${own('Dl')}), product(Pair(${ownRows('Dh', 'j')}, ${ownRows('Dl', 'j')}), across));
        ${store('Dh', 'd.high')}
        ${store('Dl', 'd.low')}
        let p = add(Pair(${own('Ph')}, ${own('Pl')}), product(Pair(${ownRows('Ph', 'j')}, ${ownRows('Pl', 'j')}), across));
        ${store('Ph', 'p.high')}
        ${store('Pl', 'p.low')}
      }
      workgroupBarrier();
    }
    for (var e = 0; e < ${each}; e++) {
      let r = row + e * ${rowsApart};
      let at = vec2<i32>(i * ${size} + r, k * ${size} + col);
      if (live && at.x < n && at.y < n) {
        let to = base + at.x * n + at.y;
        let source = r * ${size} + col;
        if (i > k) {
          result[to] = Ph[source];
          result[to + low] = Pl[source];
        } else {
          result[to] = select(0.0, Dh[source], col <= r);
          result[to + low] = select(0.0, Dl[source], col <= r);
        }
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
