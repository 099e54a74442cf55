import { runShader, threads, type Shader, type Stack, type WebGPUBackend } from './program';

/*
 * Elimination with partial pivoting on a stack `[count, n + 2, n]`, in place: the first n rows are the matrix, row n says for each column
 * which row became its pivot, row n + 1 which row of the matrix stands in each place.
 */

/** Columns eliminated together. */
const size = 32;

const start: Shader = {
  name: 'LU start',
  inputs: ['A'],
  body: `
    let n = uniforms.outShape.z;
    if (index < uniforms.outShape.x * (n + 2) * n) {
      let row = (index / n) % (n + 2);
      let stack = index / (n * (n + 2));
      result[index] = select(f32(index % n), A[(stack * n + min(row, n - 1)) * n + index % n], row < n);
    }`,
};

const geometry = `
  let n = uniforms.outShape.z;
  let k = uniforms.k * ${size};
  let end = min(k + ${size}, n);`;

/** Factors the columns k to end below row k, one workgroup a matrix, choosing pivots; rows are swapped within these columns only. */
const panel: Shader = {
  name: 'LU panel',
  inputs: [],
  integers: ['k'],
  declarations: `
    var<workgroup> best : array<f32, ${threads}>;
    var<workgroup> bestRow : array<i32, ${threads}>;`,
  body: `
    ${geometry}
    let live = w < uniforms.outShape.x;
    let base = min(w, uniforms.outShape.x - 1) * (n + 2) * n;
    for (var j = k; j < end; j++) {
      var top = -1.0;
      var topRow = j;
      for (var i = j + t; i < n; i += ${threads}) {
        let v = abs(result[base + i * n + j]);
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
      if (live && (t < end - k || t == ${size})) {
        let at = select(base + k + t, base + (n + 1) * n, t == ${size});
        let stride = select(n, 1, t == ${size});
        let v = result[at + j * stride];
        result[at + j * stride] = result[at + p * stride];
        result[at + p * stride] = v;
        if (t == ${size}) { result[base + n * n + j] = f32(p); }
      }
      storageBarrier();
      workgroupBarrier();
      let pivot = result[base + j * n + j];
      for (var i = j + 1 + t; live && i < n; i += ${threads}) {
        if (pivot != 0.0) {
          let l = result[base + i * n + j] / pivot;
          result[base + i * n + j] = l;
          for (var c = j + 1; c < end; c++) { result[base + i * n + c] -= l * result[base + j * n + c]; }
        }
      }
      storageBarrier();
      workgroupBarrier();
    }`,
};

/** The panel's swaps in all other columns, and in those on its right U_k = L_kk^-1 A_k: one invocation a column. */
const rows: Shader = {
  name: 'LU rows',
  inputs: [],
  integers: ['k'],
  body: `
    ${geometry}
    let col = index % n;
    if (index < uniforms.outShape.x * n && (col < k || col >= end)) {
      let base = (index / n) * (n + 2) * n;
      for (var j = k; j < end; j++) {
        let p = i32(result[base + n * n + j]);
        let v = result[base + j * n + col];
        result[base + j * n + col] = result[base + p * n + col];
        result[base + p * n + col] = v;
      }
      if (col >= end) {
        for (var j = k + 1; j < end; j++) {
          var v = result[base + j * n + col];
          for (var q = k; q < j; q++) { v -= result[base + j * n + q] * result[base + q * n + col]; }
          result[base + j * n + col] = v;
        }
      }
    }`,
};

/** A_ij -= L_ik U_kj, for blocks right of and below the panel. */
const update: Shader = {
  name: 'LU update',
  inputs: [],
  integers: ['k', 'blocks'],
  declarations: `
    var<workgroup> L : array<f32, ${size * size}>;
    var<workgroup> U : array<f32, ${size * size}>;`,
  body: `
    ${geometry}
    let per = uniforms.blocks * uniforms.blocks;
    let live = w / per < uniforms.outShape.x;
    let base = min(w / per, uniforms.outShape.x - 1) * (n + 2) * n;
    let firstRow = end + ((w % per) / uniforms.blocks) * ${size};
    let firstCol = end + (w % uniforms.blocks) * ${size};
    let c = t % ${size};
    for (var e = 0; e < ${(size * size) / threads}; e++) {
      let r = e * ${threads / size} + t / ${size};
      L[r * ${size} + c] = result[base + min(firstRow + r, n - 1) * n + k + c];
      U[r * ${size} + c] = result[base + (k + r) * n + min(firstCol + c, n - 1)];
    }
    workgroupBarrier();
    for (var e = 0; e < ${(size * size) / threads}; e++) {
      let r = e * ${threads / size} + t / ${size};
      var sum = 0.0;
      for (var q = 0; q < ${size}; q++) { sum += L[r * ${size} + q] * U[q * ${size} + c]; }
      if (live && firstRow + r < n && firstCol + c < n) {
        result[base + (firstRow + r) * n + firstCol + c] -= sum;
      }
    }`,
};

/** The factors of a `[count, n, n]`, as a stack `[count, n + 2, n]`. */
export function factorLU(backend: WebGPUBackend, a: Stack): Stack {
  const [count, n] = a.shape;
  const shape: Stack['shape'] = [count, n + 2, n];
  const spread = (size_: number): number => Math.ceil(size_ / threads);
  const lu = runShader({
    backend,
    shader: start,
    inputs: [a],
    workgroups: spread(count * (n + 2) * n),
    shape,
  });
  const run = (shader: Shader, workgroups: number, integers: number[]): void => {
    runShader({ backend, shader, inputs: [], integers, workgroups, shape, output: lu });
  };
  for (let k = 0; k * size < n; k++) {
    const blocks = Math.ceil(n / size) - k - 1;
    run(panel, count, [k]);
    if (n > size) run(rows, spread(count * n), [k]);
    if (blocks > 0) run(update, count * blocks * blocks, [k, blocks]);
  }
  return { ...lu, shape };
}
