import { threads, type WebGPUBackend } from '../../../core/webgpu';
import type { Stack } from '../stack';
import { area, each, rowsApart, size } from './block';
import { pairBlocks } from './pairBlocks';
import { pairArithmetic } from './pairs';
import { finite, shader } from './program';

/*
 * Stacks of matrices of pairs are tensors `[2 stacks, n, m]`, high parts first.
 */

/** G + rows lambda I: the matrix of the system, times rows, which takes no division. */
const ridge = shader({
  name: 'pair ridge',
  inputs: ['H', 'L', 'R'],
  declarations: pairArithmetic(1),
  body: `
    let n = uniforms.n;
    let count = uniforms.count / 2 * n * n;
    if (index < count) {
      var v = fastTwoSum(H[index], L[index]);
      if ((index / n) % n == index % n) {
        v = add(v, twoProduct(f32(uniforms.rows), R[index / (n * n) / uniforms.stacksOfRidge]));
      }
      r0[index] = v.high;
      r0[index + count] = v.low;
    }`,
});

/**
 * One column of blocks of L, right-looking: L_ik = W_ik L_kk^-T, with L_kk L_kk^T = W_kk, and in place of L_kk its inverse, which is all that
 * substitution needs: what makes W_ik to L_ik makes the identity to L_kk^-T. Each workgroup makes one block, and factors W_kk for itself: both
 * lie in S, W_kk above. NaN from the first pivot on that is not positive.
 */
const panel = shader({
  name: 'pair Cholesky panel',
  inputs: ['W'],
  declarations: `
    var<workgroup> Sh : array<f32, ${2 * area}>;
    var<workgroup> Sl : array<f32, ${2 * area}>;
    fn part(at : i32) -> Pair { return Pair(Sh[at], Sl[at]); }
    fn share(at : i32, v : Pair) { Sh[at] = v.high; Sl[at] = v.low; }
    ${finite}
    ${pairArithmetic(1)}`,
  body: `
    let n = uniforms.n;
    let k = uniforms.k;
    let below = uniforms.blocks - k;
    let base = w / below * n * n;
    let low = uniforms.count / 2 * n * n;
    let i = k + w % below;
    let col = t % ${size};
    let column = k * ${size} + col;
    for (var e = 0; e < ${2 * each}; e++) {
      let r = t / ${size} + e * ${rowsApart};
      let row = select(i, k, e < ${each}) * ${size} + r % ${size};
      var v = single(select(0.0, 1.0, r % ${size} == col));
      if (row < n && column < n && (e < ${each} || i > k)) {
        let at = base + row * n + column;
        v = Pair(W[at], W[at + low]);
      }
      share(r * ${size} + col, v);
    }
    workgroupBarrier();
    for (var j = 0; j < min(${size}, n - k * ${size}); j++) {
      let pivot = part(j * ${size + 1});
      workgroupBarrier();
      if (t >= j && t < ${2 * size}) {
        var diagonal = root(pivot);
        if (!(pivot.high > 0.0 && isFinite(pivot.high))) { diagonal = single(uniforms.NAN); }
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
    for (var e = 0; e < ${each}; e++) {
      let r = t / ${size} + e * ${rowsApart};
      let row = i * ${size} + r;
      if (row < n && column < n) {
        let v = part(${area} + r * ${size} + col);
        let at = base + select(row * n + column, column * n + row, i == k);
        r0[at] = v.high;
        r0[at + low] = v.low;
      }
    }`,
});

/** W_ij -= L_ik L_jk^T, for the blocks i >= j > k. */
const update = shader({
  name: 'pair Cholesky update',
  inputs: ['F'],
  declarations: pairBlocks,
  body: `
    let n = uniforms.n;
    let base = w / uniforms.tiles * n * n;
    let low = uniforms.count / 2 * n * n;
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
      Th[q * ${size} + r] = a.x;
      Tl[q * ${size} + r] = a.y;
      Xh[q * ${size} + r] = b.x;
      Xl[q * ${size} + r] = b.y;
    }
    workgroupBarrier();
    let at = places(t, base, i, j, n, n);
    putAt(at, low, add(valuesAt(at, low), minus(timesX(t))));`,
});

/**
 * L with L L^T = high + low + rows lambda I, in pairs, as a stack `[2 stacks, n, n]`, with the inverses of its blocks on the diagonal; blocks above
 * it are undefined.
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
  const left = ridge(backend, {
    inputs: [high, low, lambda],
    integers: { rows, stacksOfRidge: stacks / lambda.shape[2] },
    workgroups: Math.ceil((stacks * n * n) / threads),
    shape,
  });
  let factor: Stack | undefined;
  for (let k = 0; k < blocks; k++) {
    const below = blocks - k - 1;
    factor = panel(backend, {
      inputs: [left],
      integers: { k, blocks },
      workgroups: stacks * (below + 1),
      shape,
      output: factor,
    });
    const tiles = (below * (below + 1)) / 2;
    if (tiles > 0)
      update(backend, {
        inputs: [factor],
        integers: { k, tiles },
        workgroups: stacks * tiles,
        shape,
        output: left,
      });
  }
  backend.disposeData(left.dataId);
  return factor!;
}
