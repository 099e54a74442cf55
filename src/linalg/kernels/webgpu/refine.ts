import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runShader, threads, type Shader, type Stack, type WebGPUBackend } from './program';
import type { Pass } from './substitution';

const size = 16;

/** Which matrix the array stands for: all of it, or a triangle with these properties. */
const Reading = { all: 0, triangle: 8, lower: 16, transposed: 32, unit: 64 };

export const everything = Reading.all;
export const triangle = ({ lower, transpose, unitDiagonal }: Pass): number =>
  Reading.triangle +
  (lower ? Reading.lower : 0) +
  (transpose ? Reading.transposed : 0) +
  (unitDiagonal ? Reading.unit : 0);

/**
 * b - A x, with sums and products of two floats each: 48 bits. The product's second float is exact because factors are split into halves
 * of 12 bits (Dekker), the sum's by Knuth's TwoSum. Where a compiler reorders sums the second floats come out as zeros, and this is a
 * residual in float32: no worse than none.
 */
const residual: Shader = {
  name: 'residual',
  inputs: ['A', 'X', 'B'],
  integers: ['reading'],
  declarations: `
    var<workgroup> Ah : array<f32, ${size * size}>;
    var<workgroup> Al : array<f32, ${size * size}>;
    var<workgroup> Xh : array<f32, ${size * size}>;
    var<workgroup> Xl : array<f32, ${size * size}>;
    fn element(base : i32, n : i32, row : i32, col : i32) -> f32 {
      switch (uniforms.reading) {
        case ${Reading.all}: { return A[base + row * n + col]; }
        default: {
          let isTransposed = (uniforms.reading & ${Reading.transposed}) != 0;
          if (row == col && (uniforms.reading & ${Reading.unit}) != 0) { return 1.0; }
          // op(A) is lower if exactly one of these holds.
          let isLower = ((uniforms.reading & ${Reading.lower}) != 0) != isTransposed;
          if (row != col && (row > col) != isLower) { return 0.0; }
          return A[base + select(row * n + col, col * n + row, isTransposed)];
        }
      }
    }
    fn high(v : f32) -> f32 { return bitcast<f32>(bitcast<u32>(v) & 0xfffff000u); }`,
  body: `
    let n = uniforms.outShape.y;
    let m = uniforms.outShape.z;
    let down = (n + ${size - 1}) / ${size};
    let across = (m + ${size - 1}) / ${size};
    let stack = w / (down * across);
    let live = stack < uniforms.outShape.x;
    let base = min(stack, uniforms.outShape.x - 1) * n * n;
    let right = min(stack, uniforms.outShape.x - 1) * n * m;
    let r = t / ${size};
    let c = t % ${size};
    let row = ((w / across) % down) * ${size} + r;
    let col = (w % across) * ${size} + c;
    let inside = live && row < n && col < m;
    var sum = 0.0;
    var rest = 0.0;
    if (inside) { sum = B[right + row * m + col]; }
    for (var k = 0; k < n; k += ${size}) {
      var a = 0.0;
      var x = 0.0;
      if (row < n && k + c < n) { a = -element(base, n, row, k + c); }
      if (k + r < n && col < m) { x = X[right + (k + r) * m + col]; }
      Ah[t] = high(a);
      Al[t] = a - high(a);
      Xh[t] = high(x);
      Xl[t] = x - high(x);
      workgroupBarrier();
      for (var j = 0; j < ${size}; j++) {
        let ah = Ah[r * ${size} + j];
        let al = Al[r * ${size} + j];
        let xh = Xh[j * ${size} + c];
        let xl = Xl[j * ${size} + c];
        let p = (ah + al) * (xh + xl);
        let pRest = ((ah * xh - p) + ah * xl + al * xh) + al * xl;
        let s = sum + p;
        let part = s - sum;
        rest += ((sum - (s - part)) + (p - part)) + pRest;
        sum = s;
      }
      workgroupBarrier();
    }
    if (inside) { result[right + row * m + col] = sum + rest; }`,
};

/** b - a x, with 48 bits on the way. */
export function residualOf(
  backend: WebGPUBackend,
  a: Stack,
  x: TensorInfo,
  b: Stack,
  reading: number,
): TensorInfo {
  const [count, n, m] = b.shape;
  return runShader({
    backend,
    shader: residual,
    inputs: [a, x, b],
    integers: [reading],
    workgroups: count * Math.ceil(n / size) * Math.ceil(m / size),
    shape: b.shape,
  });
}

/** Infinite and undefined corrections come from such values elsewhere in the column: what is finite stays. */
const correct: Shader = {
  name: 'correction',
  inputs: ['D'],
  body: `
    if (index < uniforms.outShape.x * uniforms.outShape.y * uniforms.outShape.z) {
      let d = D[index];
      if (!isnan(d) && !isinf(d)) { result[index] += d; }
    }`,
};

/**
 * Iterative refinement: x += solve(b - A x), residuals in two floats. Each step shrinks the error by about the condition number times
 * 2^-24, down to the rounding of x itself.
 *
 * @param reading which matrix a stands for
 */
export function refined(
  backend: WebGPUBackend,
  a: Stack,
  b: Stack,
  solve: (b: Stack) => TensorInfo,
  { reading, steps }: { reading: number; steps: number },
): TensorInfo {
  const [count, n, m] = b.shape;
  const x = solve(b);
  for (let step = 0; step < steps; step++) {
    const r = residualOf(backend, a, x, b, reading);
    const d = solve({ ...r, shape: b.shape });
    runShader({
      backend,
      shader: correct,
      inputs: [d],
      workgroups: Math.ceil((count * n * m) / threads),
      shape: b.shape,
      output: x,
    });
    backend.disposeData(r.dataId);
    backend.disposeData(d.dataId);
  }
  return x;
}
