import { threads, type WebGPUBackend } from '../../../core/webgpu';
import type { Stack } from '../stack';
import { area, each, rowsApart, size } from './block';
import { shader } from './program';

/*
 * Elimination with partial pivoting on a stack `[count, n + 2, n]`, in place: the first n rows are the matrix, row n says for each column
 * which row became its pivot, row n + 1 which row of the matrix stands in each place.
 */

const start = shader({
  name: 'LU start',
  inputs: ['A'],
  body: `
    let n = uniforms.m;
    if (index < uniforms.count * (n + 2) * n) {
      let row = index / n % (n + 2);
      let stack = index / n / (n + 2);
      r0[index] = select(f32(index % n), A[(stack * n + min(row, n - 1)) * n + index % n], row < n);
    }`,
});

const geometry = `
  let n = uniforms.m;
  let k = uniforms.k * ${size};
  let end = min(k + ${size}, n);`;

/** Factors the columns k to end below row k, one workgroup a matrix, choosing pivots; rows are swapped within these columns only. */
const panel = shader({
  name: 'LU panel',
  declarations: `
    var<workgroup> best : array<f32, ${threads}>;
    var<workgroup> bestRow : array<i32, ${threads}>;`,
  body: `
    ${geometry}
    let base = w * (n + 2) * n;
    for (var j = k; j < end; j++) {
      var top = -1.0;
      var topRow = j;
      for (var i = j + t; i < n; i += ${threads}) {
        let v = abs(r0[base + i * n + j]);
        if (v > top) { top = v; topRow = i; }
      }
      best[t] = top;
      bestRow[t] = topRow;
      workgroupBarrier();
      for (var half = ${threads / 2}; half > 0; half /= 2) {
        if (t < half && best[t + half] > best[t]) { best[t] = best[t + half]; bestRow[t] = bestRow[t + half]; }
        workgroupBarrier();
      }
      let p = bestRow[0];
      if (t < end - k || t == ${size}) {
        let at = select(base + k + t, base + (n + 1) * n, t == ${size});
        let stride = select(n, 1, t == ${size});
        let v = r0[at + j * stride];
        r0[at + j * stride] = r0[at + p * stride];
        r0[at + p * stride] = v;
        if (t == ${size}) { r0[base + n * n + j] = f32(p); }
      }
      storageBarrier();
      workgroupBarrier();
      let pivot = r0[base + j * n + j];
      for (var i = j + 1 + t; i < n; i += ${threads}) {
        if (pivot != 0.0) {
          let l = r0[base + i * n + j] / pivot;
          r0[base + i * n + j] = l;
          for (var c = j + 1; c < end; c++) { r0[base + i * n + c] -= l * r0[base + j * n + c]; }
        }
      }
      storageBarrier();
      workgroupBarrier();
    }`,
});

/** The panel's swaps in all other columns, and in those on its right U_k = L_kk^-1 A_k: one invocation a column. */
const rows = shader({
  name: 'LU rows',
  body: `
    ${geometry}
    let col = index % n;
    if (index < uniforms.count * n && (col < k || col >= end)) {
      let base = (index / n) * (n + 2) * n;
      for (var j = k; j < end; j++) {
        let p = i32(r0[base + n * n + j]);
        let v = r0[base + j * n + col];
        r0[base + j * n + col] = r0[base + p * n + col];
        r0[base + p * n + col] = v;
      }
      if (col >= end) {
        for (var j = k + 1; j < end; j++) {
          var v = r0[base + j * n + col];
          for (var q = k; q < j; q++) { v -= r0[base + j * n + q] * r0[base + q * n + col]; }
          r0[base + j * n + col] = v;
        }
      }
    }`,
});

/** A_ij -= L_ik U_kj, for blocks right of and below the panel. */
const update = shader({
  name: 'LU update',
  declarations: `
    var<workgroup> L : array<f32, ${area}>;
    var<workgroup> U : array<f32, ${area}>;`,
  body: `
    ${geometry}
    let per = uniforms.blocks * uniforms.blocks;
    let base = w / per * (n + 2) * n;
    let firstRow = end + ((w % per) / uniforms.blocks) * ${size};
    let firstCol = end + (w % uniforms.blocks) * ${size};
    let c = t % ${size};
    for (var e = 0; e < ${each}; e++) {
      let r = e * ${rowsApart} + t / ${size};
      L[r * ${size} + c] = r0[base + min(firstRow + r, n - 1) * n + k + c];
      U[r * ${size} + c] = r0[base + (k + r) * n + min(firstCol + c, n - 1)];
    }
    workgroupBarrier();
    for (var e = 0; e < ${each}; e++) {
      let r = e * ${rowsApart} + t / ${size};
      var sum = 0.0;
      for (var q = 0; q < ${size}; q++) { sum += L[r * ${size} + q] * U[q * ${size} + c]; }
      if (firstRow + r < n && firstCol + c < n) {
        r0[base + (firstRow + r) * n + firstCol + c] -= sum;
      }
    }`,
});

/** The factors of a `[count, n, n]`, as a stack `[count, n + 2, n]`. */
export function factorLU(backend: WebGPUBackend, a: Stack): Stack {
  const [count, n] = a.shape;
  const shape: Stack['shape'] = [count, n + 2, n];
  const output = start(backend, { inputs: [a], shape });
  const inPlace = { inputs: [], shape, output };
  for (let k = 0; k * size < n; k++) {
    const blocks = Math.ceil(n / size) - k - 1;
    panel(backend, { ...inPlace, workgroups: count, integers: { k } });
    if (n > size)
      rows(backend, { ...inPlace, workgroups: Math.ceil((count * n) / threads), integers: { k } });
    if (blocks > 0)
      update(backend, { ...inPlace, workgroups: count * blocks * blocks, integers: { k, blocks } });
  }
  return output;
}
