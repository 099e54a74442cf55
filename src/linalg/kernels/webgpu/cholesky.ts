import type { WebGPUBackend } from '../../../core/webgpu';
import type { Stack } from '../stack';
import { each, rowsApart, size } from './block';
import { finite, shader } from './program';

/** How far rows lie apart in workgroup memory: those of one column in different banks. */
const apart = size + 1;

/**
 * One column of blocks of L, left-looking: L_ik = (A_ik - sum over p < k of L_ip L_kp^T) L_kk^-T, in place. Each workgroup makes one block
 * L_ik, and factors L_kk for itself, which is cheaper than a dispatch more: rows of both lie in S, those of block k first. A matrix of up to
 * 32 rows is one workgroup.
 */
const column = shader({
  name: 'Cholesky column',
  inputs: ['A'],
  declarations: `
    var<workgroup> S : array<f32, ${2 * size * apart}>;
    ${finite}`,
  body: `
    let n = uniforms.n;
    let k = uniforms.k;
    let below = uniforms.blocks - k;
    let base = w / below * n * n;
    let i = k + w % below;
    let col = t % ${size};
    let column = k * ${size} + col;
    var sum = array<f32, ${2 * each}>();
    for (var p = 0; p < k; p++) {
      for (var e = 0; e < ${2 * each}; e++) {
        let r = t / ${size} + e * ${rowsApart};
        let row = select(i, k, e < ${each}) * ${size} + r % ${size};
        var v = 0.0;
        if (row < n) { v = r0[base + row * n + p * ${size} + col]; }
        S[r * ${apart} + col] = v;
      }
      workgroupBarrier();
      for (var e = 0; e < ${2 * each}; e++) {
        let r = t / ${size} + e * ${rowsApart};
        var d = 0.0;
        for (var j = 0; j < ${size}; j++) { d += S[r * ${apart} + j] * S[col * ${apart} + j]; }
        sum[e] += d;
      }
      workgroupBarrier();
    }
    for (var e = 0; e < ${2 * each}; e++) {
      let r = t / ${size} + e * ${rowsApart};
      let row = select(i, k, e < ${each}) * ${size} + r % ${size};
      var v = select(0.0, 1.0, row == column);
      if (row < n && column < n) { v = A[base + row * n + column]; }
      S[r * ${apart} + col] = v - sum[e];
    }
    workgroupBarrier();
    for (var j = 0; j < ${size}; j++) {
      let pivot = S[j * ${apart + 1}];
      workgroupBarrier();
      if (t >= j && t < ${2 * size}) {
        let root = select(uniforms.NAN, sqrt(max(pivot, 1e-38)), pivot > 0.0 && isFinite(pivot));
        let at = t * ${apart} + j;
        S[at] = select(S[at] / root, root, t == j);
      }
      workgroupBarrier();
      if (col > j) {
        for (var e = 0; e < ${2 * each}; e++) {
          let row = (t / ${size} + e * ${rowsApart}) * ${apart};
          S[row + col] -= S[row + j] * S[col * ${apart} + j];
        }
      }
      workgroupBarrier();
    }
    for (var e = select(0, ${each}, i > k); e < select(${each}, ${2 * each}, i > k); e++) {
      let r = t / ${size} + e * ${rowsApart};
      let row = i * ${size} + r % ${size};
      if (row < n && column < n) { r0[base + row * n + column] = S[r * ${apart} + col]; }
    }`,
});

/** Zeros above the diagonal; NaN everywhere if the factorisation failed, which always spoils the last pivot. */
const finish = shader({
  name: 'Cholesky finish',
  declarations: finite,
  body: `
    let n = uniforms.n;
    if (index < uniforms.count * n * n) {
      let last = r0[(index / (n * n) + 1) * n * n - 1];
      if (!isFinite(last)) {
        r0[index] = uniforms.NAN;
      } else if (index % n > index / n % n) {
        r0[index] = 0.0;
      }
    }`,
});

/** The lower triangle of L with L L^T = a, for the lower triangle of a `[count, n, n]`; what is above the diagonal is undefined. */
export function factorCholesky(backend: WebGPUBackend, a: Stack): Stack {
  const { shape } = a;
  const blocks = Math.ceil(shape[1] / size);
  let l: Stack | undefined;
  for (let k = 0; k < blocks; k++) {
    const workgroups = shape[0] * (blocks - k);
    l = column(backend, { inputs: [a], integers: { k, blocks }, workgroups, shape, output: l });
  }
  return l!;
}

/** Makes the factor a matrix. */
export const finishCholesky = (backend: WebGPUBackend, l: Stack): Stack =>
  finish(backend, { inputs: [], shape: l.shape, output: l });
