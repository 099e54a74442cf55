import type { KernelConfig, NamedAttrMap, TensorInfo } from '@tensorflow/tfjs-core';
import { asStack, assertFloat32, runPasses, runShader, type Stack, type WebGLBackend } from './program';
import * as shaders from './shaders';
import type { Triangle } from './shaders';

type Inputs = Record<string, TensorInfo>;
type Compute = (backend: WebGLBackend, inputs: Inputs, attrs: NamedAttrMap) => TensorInfo | TensorInfo[];

const shaped = ({ dataId, dtype }: TensorInfo, shape: number[]): TensorInfo => ({ dataId, shape, dtype });

const lowerTriangle: Triangle = { lower: true, transpose: false, unitDiagonal: false };

/** Each step shrinks the error by about the condition number times 2^-24; see ../webgpu/refine.ts. */
function refined(
  backend: WebGLBackend,
  a: Stack,
  b: Stack,
  solve: (b: Stack) => Stack,
  { entry, steps }: { entry: string; steps: number },
): Stack {
  let x = solve(b);
  for (let step = 0; step < steps; step++) {
    const r = runShader(backend, shaders.residual(b.shape[1], entry), [a, x, b], b.shape);
    const d = solve(r);
    const next = runShader(backend, shaders.correct, [x, d], b.shape);
    for (const { dataId } of [r, d, x]) backend.disposeData(dataId);
    x = next;
  }
  return x;
}

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

const compute: Record<string, Compute> = {
  TractCholesky: (backend, { a }) => {
    const stack = asStack(a!);
    return runPasses(backend, shaders.choleskyColumn, stack, [], { count: stack.shape[1] });
  },

  TractTriangularSolve: (backend, { a, b }, attrs) => {
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
  },

  TractCholeskySolve: (backend, { a, b }) => {
    const matrix = asStack(a!);
    const [, n] = matrix.shape;
    const whole = runShader(backend, shaders.mirror, [matrix], matrix.shape);
    const inverse = runPasses(backend, shaders.inverseColumn, whole, [], { count: n });
    const solve = (right: Stack): Stack =>
      runShader(backend, shaders.product(n), [inverse, right], right.shape);
    const x = refined(backend, matrix, asStack(b!), solve, { entry: shaders.entries.symmetric, steps: 3 });
    for (const { dataId } of [whole, inverse]) backend.disposeData(dataId);
    return x;
  },

  TractSolve: (backend, { a, b }) => {
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
  },

  TractLU: (backend, { a }) => {
    const stack = asStack(a!);
    const [count, n] = stack.shape;
    const lu = factorLU(backend, stack);
    const factors = runShader(backend, shaders.leadingColumns, [lu], stack.shape);
    const order = runShader(backend, shaders.lastColumn(n), [lu], [count, 1, n], 0, 'int32');
    backend.disposeData(lu.dataId);
    return [factors, order];
  },
};

/** The outputs' shapes, and nothing to compute where they are empty. */
function checked(kernelName: string): KernelConfig['kernelFunc'] {
  return ({ inputs, attrs, backend }) => {
    assertFloat32(kernelName);
    const device = backend as WebGLBackend;
    const { a, b } = inputs as Inputs;
    const shapes = kernelName === 'TractLU' ? [a!.shape, a!.shape.slice(0, -1)] : [(b ?? a!).shape];
    const outputs = shapes[0]!.includes(0)
      ? shapes.map((shape, i) =>
          device.makeTensorInfo(shape, i ? 'int32' : 'float32', i ? new Int32Array(0) : new Float32Array(0)),
        )
      : [compute[kernelName]!(device, inputs as Inputs, attrs ?? {})].flat();
    const results = outputs.map((output, i) => shaped(output, shapes[i]!));
    return results.length > 1 ? results : results[0]!;
  };
}

/** The kernels of linalg as fragment shaders. Nothing is read back. */
export const webglKernels: KernelConfig[] = Object.keys(compute).map((kernelName) => ({
  kernelName,
  backendName: 'webgl',
  kernelFunc: checked(kernelName),
}));
