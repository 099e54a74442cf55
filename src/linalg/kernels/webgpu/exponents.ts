import type { TensorInfo } from '@tensorflow/tfjs-core';
import { runShader, threads, type Shader, type WebGPUBackend } from './program';
import { mostRows } from './slices';

const exponents: Shader = {
  name: 'exponents of columns',
  inputs: ['X'],
  integers: ['count', 'depth', 'n', 'parts', 'rows', 'headroom', 'offset'],
  body: `
    if (index < uniforms.count) {
      let slot = index / uniforms.n;
      let first = slot % uniforms.parts * uniforms.rows;
      let at = slot / uniforms.parts * uniforms.depth * uniforms.n + index % uniforms.n;
      var most = 0u;
      for (var row = first; row < min(first + uniforms.rows, uniforms.depth); row++) {
        most = max(most, bitcast<u32>(abs(X[at + row * uniforms.n])));
      }
      // Of denormal numbers nothing is asked.
      result[uniforms.offset + index] = f32(max(i32(most >> 23u) - 126, -100) + uniforms.headroom);
    }`,
};

/**
 * The exponents by which slices.ts scales factors `[stacks, depth, n]`, one factor after the other: powers of two that no element of a part of
 * a column reaches, `[stacks, parts, n]`. Very many rows take some bits.
 */
export function exponentsOf(
  backend: WebGPUBackend,
  factors: readonly TensorInfo[],
  stacks: number,
  parts = 1,
): TensorInfo {
  const depth = factors[0]!.shape[1]!;
  const rows = Math.ceil(depth / parts);
  const headroom = Math.max(0, Math.ceil(Math.log2(rows / mostRows) / 2));
  const counts = factors.map(({ shape }) => stacks * parts * shape[2]!);
  const total = counts.reduce((sum, count) => sum + count);
  let found: TensorInfo | undefined;
  let offset = 0;
  factors.forEach((factor, i) => {
    const count = counts[i]!;
    found = runShader({
      backend,
      shader: exponents,
      inputs: [factor],
      integers: [count, depth, factor.shape[2]!, parts, rows, headroom, offset],
      workgroups: Math.ceil(count / threads),
      shape: [1, 1, total],
      output: found,
    });
    offset += count;
  });
  return found!;
}
