import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Compute } from '../../../core/compute';
import { asStack, type Stack } from '../stack';
import type { WebGLCompute } from './kernel';
import { runPasses, runShader, type WebGLBackend } from './program';
import { refined } from './refine';
import * as shaders from './shaders';
import type { Triangle } from './shaders';

const lowerTriangle: Triangle = { lower: true, transpose: false, unitDiagonal: false };

const substitute = (backend: WebGLBackend, t: Stack, b: Stack, triangle: Triangle): Stack =>
  runPasses(backend, shaders.substitution(triangle), b, [t], {
    count: b.shape[1],
    down: triangle.lower !== triangle.transpose,
  });

/** [L U with the order of its rows in a column behind], `[count, n, n + 1]`. */
function factorLU(backend: WebGLBackend, a: Stack): Stack {
  const [count, n] = a.shape;
  let w = runShader(backend, shaders.numbered(n), [a], [count, n, n + 1]);
  for (let k = 0; k < n; k++) {
    const p = runShader(backend, shaders.pivotRow(n), [w], [count, 1, 1], k);
    const next = runShader(backend, shaders.eliminate(n), [w, p], w.shape, k);
    for (const { dataId } of [w, p]) backend.disposeData(dataId);
    w = next;
  }
  return w;
}

/** For a kernel whose output has the last input's shape: nothing is computed where it is empty. */
/* @__NO_SIDE_EFFECTS__ */
const likeLast =
  (compute: Compute<WebGLBackend, TensorInfo>): WebGLCompute =>
  (backend, inputs, attrs) => {
    const { shape } = inputs.b ?? inputs.a!;
    const x = shape.includes(0)
      ? backend.makeTensorInfo(shape, 'float32', new Float32Array(0))
      : compute(backend, inputs, attrs);
    return { ...x, shape };
  };

export const cholesky = likeLast((backend, { a }) => {
  const stack = asStack(a!);
  return runPasses(backend, shaders.choleskyColumn, stack, [], { count: stack.shape[1] });
});

export const triangularSolve = likeLast((backend, { a, b }, attrs) => {
  const triangle: Triangle = {
    lower: Boolean(attrs.lower),
    transpose: Boolean(attrs.transpose),
    unitDiagonal: Boolean(attrs.unitDiagonal),
  };
  const matrix = asStack(a!);
  return refined(backend, matrix, asStack(b!), (right) => substitute(backend, matrix, right, triangle), {
    entry: shaders.entries.triangle(triangle),
    steps: 1,
  });
});

export const solve = likeLast((backend, { a, b }) => {
  const matrix = asStack(a!);
  const [, n] = matrix.shape;
  const lu = factorLU(backend, matrix);
  const solve = (right: Stack): Stack => {
    const ordered = runShader(backend, shaders.permuted(n), [right, lu], right.shape);
    const y = substitute(backend, lu, ordered, { ...lowerTriangle, unitDiagonal: true });
    const x = substitute(backend, lu, y, { ...lowerTriangle, lower: false });
    for (const { dataId } of [ordered, y]) backend.disposeData(dataId);
    return x;
  };
  const x = refined(backend, matrix, asStack(b!), solve, { entry: shaders.entries.all, steps: 2 });
  backend.disposeData(lu.dataId);
  return x;
});
