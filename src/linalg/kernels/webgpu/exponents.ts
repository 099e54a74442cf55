import type { WebGPUBackend } from '../../../core/webgpu';
import type { Stack } from '../stack';
import { shader } from './program';
import { mostRows } from './slices';

const exponents = shader({
  name: 'exponents of columns',
  inputs: ['X', 'Y'],
  body: `
    if (index < uniforms.total) {
      let isX = index < uniforms.ofX;
      let n = select(uniforms.columnsOfY, uniforms.columnsOfX, isX);
      let id = select(index - uniforms.ofX, index, isX);
      let slot = id / n;
      let first = slot % uniforms.parts * uniforms.rows;
      let at = slot / uniforms.parts * uniforms.depth * n + id % n;
      var most = 0u;
      for (var row = first; row < min(first + uniforms.rows, uniforms.depth); row++) {
        var v = 0.0;
        if (isX) { v = X[at + row * n]; } else { v = Y[at + row * n]; }
        most = max(most, bitcast<u32>(abs(v)));
      }
      // Of denormal numbers nothing is asked.
      r0[index] = f32(max(i32(most >> 23u) - 126, -100) + uniforms.headroom);
    }`,
});

/**
 * The exponents by which slices.ts scales x `[stacks, depth, n]` and y `[stacks, depth, m]`, if there is one: powers of two that no element of a
 * part of a column reaches, `[stacks, parts, n]` and then `[stacks, parts, m]`. Very many rows take some bits.
 */
export function exponentsOf(backend: WebGPUBackend, x: Stack, y: Stack | undefined, parts = 1): Stack {
  const [stacks, depth, columnsOfX] = x.shape;
  const columnsOfY = y ? y.shape[2] : 0;
  const rows = Math.ceil(depth / parts);
  const headroom = Math.max(0, Math.ceil(Math.log2(rows / mostRows) / 2));
  const ofX = stacks * parts * columnsOfX;
  const total = ofX + stacks * parts * columnsOfY;
  return exponents(backend, {
    inputs: [x, y ?? x],
    integers: { total, ofX, columnsOfX, columnsOfY, depth, parts, rows, headroom },
    shape: [1, 1, total],
  });
}
