import type { Stack } from '../stack';
import { runShader, type WebGLBackend } from './program';
import { correct, residual } from './shaders';

/** Each step shrinks the error by about the condition number times 2^-24; see ../webgpu/refine.ts. */
export function refined(
  backend: WebGLBackend,
  a: Stack,
  b: Stack,
  solve: (b: Stack) => Stack,
  { entry, steps }: { entry: string; steps: number },
): Stack {
  let x = solve(b);
  for (let step = 0; step < steps; step++) {
    const r = runShader(backend, residual(b.shape[1], entry), [a, x, b], b.shape);
    const d = solve(r);
    const next = runShader(backend, correct, [x, d], b.shape);
    for (const { dataId } of [r, d, x]) backend.disposeData(dataId);
    x = next;
  }
  return x;
}
