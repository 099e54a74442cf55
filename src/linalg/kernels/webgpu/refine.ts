import type { WebGPUBackend } from '../../../core/webgpu';
import type { Stack } from '../stack';
import { pairArithmetic } from './pairs';
import { finite, shader } from './program';
import type { Pass } from './substitution';

const size = 16;

/** Which matrix the array stands for: all of it, or a triangle with these properties. */
export const everything = 0;
const Reading = { triangle: 8, lower: 16, transposed: 32, unit: 64 };

export const triangle = ({ lower, transpose, unitDiagonal }: Pass): number =>
  Reading.triangle +
  (lower ? Reading.lower : 0) +
  (transpose ? Reading.transposed : 0) +
  (unitDiagonal ? Reading.unit : 0);

/** b - A x in pairs: see pairs.ts. */
const residual = shader({
  name: 'residual',
  inputs: ['A', 'X', 'B'],
  declarations: `
    var<workgroup> As : array<f32, ${size * size}>;
    var<workgroup> Xs : array<f32, ${size * size}>;
    fn element(base : i32, n : i32, row : i32, col : i32) -> f32 {
      switch (uniforms.reading) {
        case ${everything}: { return A[base + row * n + col]; }
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
    ${pairArithmetic(1)}`,
  body: `
    let n = uniforms.n;
    let m = uniforms.m;
    let down = (n + ${size - 1}) / ${size};
    let across = (m + ${size - 1}) / ${size};
    let stack = w / (down * across);
    let base = stack * n * n;
    let right = stack * n * m;
    let r = t / ${size};
    let c = t % ${size};
    let row = ((w / across) % down) * ${size} + r;
    let col = (w % across) * ${size} + c;
    let inside = row < n && col < m;
    var sum = single(0.0);
    if (inside) { sum.high = B[right + row * m + col]; }
    for (var k = 0; k < n; k += ${size}) {
      var a = 0.0;
      var x = 0.0;
      if (row < n && k + c < n) { a = -element(base, n, row, k + c); }
      if (k + r < n && col < m) { x = X[right + (k + r) * m + col]; }
      As[t] = a;
      Xs[t] = x;
      workgroupBarrier();
      for (var j = 0; j < ${size}; j++) {
        sum = accumulate(sum, twoProduct(As[r * ${size} + j], Xs[j * ${size} + c]));
      }
      workgroupBarrier();
    }
    if (inside) { r0[right + row * m + col] = sum.high + sum.low; }`,
});

/** b - a x, with 48 bits on the way. */
export function residualOf(backend: WebGPUBackend, a: Stack, x: Stack, b: Stack, reading: number): Stack {
  const { shape } = b;
  const [count, n, m] = shape;
  const workgroups = count * Math.ceil(n / size) * Math.ceil(m / size);
  return residual(backend, { inputs: [a, x, b], integers: { reading }, workgroups, shape });
}

/** Infinite and undefined corrections come from such values elsewhere in the column: what is finite stays. */
const correct = shader({
  name: 'correction',
  inputs: ['D'],
  declarations: finite,
  body: `
    if (index < uniforms.count * uniforms.n * uniforms.m) {
      let d = D[index];
      if (isFinite(d)) { r0[index] += d; }
    }`,
});

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
  solve: (b: Stack) => Stack,
  { reading, steps }: { reading: number; steps: number },
): Stack {
  const x = solve(b);
  for (let step = 0; step < steps; step++) {
    const r = residualOf(backend, a, x, b, reading);
    const d = solve(r);
    correct(backend, { inputs: [d], shape: x.shape, output: x });
    backend.disposeData(r.dataId);
    backend.disposeData(d.dataId);
  }
  return x;
}
