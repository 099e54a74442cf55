import { threads, type WebGPUBackend } from '../../../core/webgpu';
import type { Stack } from '../stack';
import { shader } from './program';

/** Rows of a block, and columns of right-hand sides that a workgroup solves for. */
const size = 32;
const columns = 16;
const each = (size * columns) / threads;

/** Solves op(T) x = b, T the lower or upper triangle of the matrix, op(T) = T or T^T. */
export interface Pass {
  lower: boolean;
  transpose: boolean;
  unitDiagonal: boolean;
}

/**
 * Substitution by blocks of rows, downwards or upwards: those solved before are subtracted as products of blocks, then one invocation a
 * column solves. Compiling takes longer than running, so one shader serves all cases.
 */
const substitution = shader({
  name: 'substitution',
  inputs: ['A', 'B'],
  declarations: `
    var<workgroup> T : array<f32, ${size * size}>;
    var<workgroup> X : array<f32, ${size * columns}>;
    fn loadT(base : i32, n : i32, rowBlock : i32, colBlock : i32, t : i32) {
      for (var e = 0; e < ${(size * size) / threads}; e++) {
        let id = e * ${threads} + t;
        // Neighbouring invocations read neighbouring elements of A, whose rows are columns of op(A) if transposed.
        let r = select(id / ${size}, id % ${size}, uniforms.transposed != 0);
        let c = select(id % ${size}, id / ${size}, uniforms.transposed != 0);
        let row = rowBlock * ${size} + r;
        let col = colBlock * ${size} + c;
        var v = select(0.0, 1.0, row == col);
        if (row < n && col < n && !(row == col && uniforms.unit != 0)) {
          v = A[base + select(row * n + col, col * n + row, uniforms.transposed != 0)];
        }
        T[r * ${size} + c] = v;
      }
    }`,
  body: `
    let n = uniforms.n;
    let m = uniforms.m;
    let blocks = (n + ${size - 1}) / ${size};
    let stack = w / uniforms.across;
    let base = stack * uniforms.rows * n;
    let right = stack * n * m;
    let c = t % ${columns};
    let col = (w % uniforms.across) * ${columns} + c;
    for (var s = 0; s < blocks; s++) {
      let k = select(blocks - 1 - s, s, uniforms.down != 0);
      var sum = array<f32, ${each}>();
      for (var q = 0; q < s; q++) {
        let p = select(blocks - 1 - q, q, uniforms.down != 0);
        loadT(base, n, k, p, t);
        for (var e = 0; e < ${each}; e++) {
          let row = p * ${size} + e * ${threads / columns} + t / ${columns};
          var v = 0.0;
          if (row < n && col < m) { v = r0[right + row * m + col]; }
          X[e * ${threads} + t] = v;
        }
        workgroupBarrier();
        for (var e = 0; e < ${each}; e++) {
          let r = e * ${threads / columns} + t / ${columns};
          var d = 0.0;
          for (var j = 0; j < ${size}; j++) { d += T[r * ${size} + j] * X[j * ${columns} + c]; }
          sum[e] += d;
        }
        workgroupBarrier();
      }
      loadT(base, n, k, k, t);
      for (var e = 0; e < ${each}; e++) {
        let row = k * ${size} + e * ${threads / columns} + t / ${columns};
        var v = 0.0;
        if (row < n && col < m) {
          if (uniforms.again != 0) {
            v = r0[right + row * m + col];
          } else if (uniforms.permuted != 0) {
            v = B[right + i32(A[base + (n + 1) * n + row]) * m + col];
          } else {
            v = B[right + row * m + col];
          }
        }
        X[e * ${threads} + t] = v - sum[e];
      }
      workgroupBarrier();
      if (t < ${columns}) {
        for (var s = 0; s < ${size}; s++) {
          let j = select(${size - 1} - s, s, uniforms.down != 0);
          var v = X[j * ${columns} + t];
          for (var z = 0; z < s; z++) {
            let q = select(${size - 1} - z, z, uniforms.down != 0);
            v -= T[j * ${size} + q] * X[q * ${columns} + t];
          }
          X[j * ${columns} + t] = v / T[j * ${size} + j];
        }
      }
      workgroupBarrier();
      for (var e = 0; e < ${each}; e++) {
        let row = k * ${size} + e * ${threads / columns} + t / ${columns};
        if (row < n && col < m) { r0[right + row * m + col] = X[e * ${threads} + t]; }
      }
      storageBarrier();
      workgroupBarrier();
    }`,
});

/**
 * x with op(T) x = b, for each pass in turn.
 *
 * @param a `[count, rows, n]`, whose first n rows hold the triangles
 * @param b `[count, n, m]`
 * @param permuted row n + 1 of a says which row of b stands in each place
 */
export function substitute(
  backend: WebGPUBackend,
  a: Stack,
  b: Stack,
  passes: readonly Pass[],
  permuted = false,
): Stack {
  const { shape } = b;
  const across = Math.ceil(shape[2] / columns);
  let x: Stack | undefined;
  for (const { lower, transpose, unitDiagonal } of passes) {
    x = substitution(backend, {
      // A buffer can't be read as an input and written: later passes get a in place of b.
      inputs: [a, x ? a : b],
      integers: {
        across,
        rows: a.shape[1],
        down: Number(lower !== transpose),
        transposed: Number(transpose),
        unit: Number(unitDiagonal),
        permuted: Number(permuted),
        again: Number(!!x),
      },
      workgroups: shape[0] * across,
      shape,
      output: x,
    });
  }
  return x!;
}
