import type { TensorInfo } from '@tensorflow/tfjs-core';
import { area, each, size } from './block';
import { runShader, threads, type Shader, type Stack, type WebGPUBackend } from './program';

/**
 * One column of blocks of L, left-looking: L_ik = (A_ik - sum over p < k of L_ip L_kp^T) L_kk^-T, in place. Each workgroup makes one block
 * L_ik, and factors L_kk for itself, which is cheaper than a dispatch more. A matrix of up to 32 rows is one workgroup.
 */
const column: Shader = {
  name: 'Cholesky column',
  inputs: ['A'],
  integers: ['k', 'blocks'],
  declarations: `
    var<workgroup> D : array<f32, ${area}>;
    var<workgroup> P : array<f32, ${area}>;
    var<workgroup> Lk : array<f32, ${area}>;  // transposed
    var<workgroup> Li : array<f32, ${area}>;
    fn factor(base : i32, n : i32, row : i32, col : i32) -> f32 {
      if (row >= n || col >= n) { return 0.0; }
      return result[base + row * n + col];
    }
    fn given(base : i32, n : i32, row : i32, col : i32) -> f32 {
      if (row >= n || col >= n) { return select(0.0, 1.0, row == col); }
      return A[base + row * n + col];
    }`,
  body: `
    let n = uniforms.outShape.y;
    let k = uniforms.k;
    let below = uniforms.blocks - k;
    let live = w / below < uniforms.outShape.x;
    let base = min(w / below, uniforms.outShape.x - 1) * n * n;
    let i = k + w % below;
    let col = t % ${size};
    var sumD = array<f32, ${each}>();
    var sumP = array<f32, ${each}>();
    for (var p = 0; p < k; p++) {
      for (var e = 0; e < ${each}; e++) {
        let row = e * ${threads / size} + t / ${size};
        Lk[col * ${size} + row] = factor(base, n, k * ${size} + row, p * ${size} + col);
        Li[row * ${size} + col] = factor(base, n, i * ${size} + row, p * ${size} + col);
      }
      workgroupBarrier();
      for (var e = 0; e < ${each}; e++) {
        let row = e * ${threads / size} + t / ${size};
        var d = 0.0;
        var q = 0.0;
        for (var j = 0; j < ${size}; j++) {
          let l = Lk[j * ${size} + col];
          d += Lk[j * ${size} + row] * l;
          q += Li[row * ${size} + j] * l;
        }
        sumD[e] += d;
        sumP[e] += q;
      }
      workgroupBarrier();
    }
    for (var e = 0; e < ${each}; e++) {
      let row = e * ${threads / size} + t / ${size};
      D[row * ${size} + col] = given(base, n, k * ${size} + row, k * ${size} + col) - sumD[e];
      P[row * ${size} + col] = given(base, n, i * ${size} + row, k * ${size} + col) - sumP[e];
    }
    workgroupBarrier();
    for (var j = 0; j < ${size}; j++) {
      let pivot = D[j * ${size} + j];
      workgroupBarrier();
      if (t >= j && t < ${size}) {
        let isPositive = pivot > 0.0 && !isinf(pivot);
        let root = select(uniforms.NAN, sqrt(max(pivot, 1e-38)), isPositive);
        D[t * ${size} + j] = select(D[t * ${size} + j] / root, root, t == j);
      }
      workgroupBarrier();
      for (var e = 0; e < ${each}; e++) {
        let row = e * ${threads / size} + t / ${size};
        if (col > j && col <= row) {
          D[row * ${size} + col] -= D[row * ${size} + j] * D[col * ${size} + j];
        }
      }
      workgroupBarrier();
    }
    if (t < ${size}) {
      for (var j = 0; j < ${size}; j++) {
        var v = P[t * ${size} + j];
        for (var q = 0; q < j; q++) { v -= P[t * ${size} + q] * D[j * ${size} + q]; }
        P[t * ${size} + j] = v / D[j * ${size} + j];
      }
    }
    workgroupBarrier();
    for (var e = 0; e < ${each}; e++) {
      let row = e * ${threads / size} + t / ${size};
      let at = vec2<i32>(i * ${size} + row, k * ${size} + col);
      if (live && at.x < n && at.y < n) {
        if (i > k) {
          result[base + at.x * n + at.y] = P[row * ${size} + col];
        } else if (col <= row) {
          result[base + at.x * n + at.y] = D[row * ${size} + col];
        }
      }
    }`,
};

/** Zeros above the diagonal; NaN everywhere if the factorisation failed, which always spoils the last pivot. */
const finish: Shader = {
  name: 'Cholesky finish',
  inputs: [],
  body: `
    let n = uniforms.outShape.y;
    if (index < uniforms.outShape.x * n * n) {
      let row = (index / n) % n;
      let col = index % n;
      let last = result[(index / (n * n) + 1) * n * n - 1];
      if (isnan(last)) {
        result[index] = uniforms.NAN;
      } else if (col > row) {
        result[index] = 0.0;
      }
    }`,
};

/** The lower triangle of L with L L^T = a, for the lower triangle of a `[count, n, n]`; what is above the diagonal is undefined. */
export function factorCholesky(backend: WebGPUBackend, a: Stack): TensorInfo {
  const [count, n] = a.shape;
  const blocks = Math.ceil(n / size);
  let l: TensorInfo | undefined;
  for (let k = 0; k < blocks; k++) {
    l = runShader({
      backend,
      shader: column,
      inputs: [a],
      integers: [k, blocks],
      workgroups: count * (blocks - k),
      shape: a.shape,
      output: l,
    });
  }
  return l!;
}

/** Makes the factor a matrix. */
export function finishCholesky(backend: WebGPUBackend, l: TensorInfo, shape: Stack['shape']): TensorInfo {
  const [count, n] = shape;
  return runShader({
    backend,
    shader: finish,
    inputs: [],
    workgroups: Math.ceil((count * n * n) / threads),
    shape,
    output: l,
  });
}
