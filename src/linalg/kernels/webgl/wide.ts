import type { KernelConfig, TensorInfo } from '@tensorflow/tfjs-core';
import { asStack, assertFloat32, runPasses, runShader, type Stack, type WebGLBackend } from './program';
import { refined } from './refine';
import * as shaders from './shaders';

/** (G / rows + lambda I) x = y, as ../../wide.ts has it, in float32: by the inverse, refined. */
function solveRidge(
  backend: WebGLBackend,
  { high, low, lambda, y, yLow }: Record<string, TensorInfo>,
  rows: number,
): Stack {
  const [sums, rest, given] = [asStack(high!), asStack(low!), asStack(y!)];
  const [count, n] = sums.shape;
  const ridges = lambda!.shape.reduce((product, size) => product * size, 1);
  const ridge: Stack = { ...lambda!, shape: [1, 1, ridges] };
  const matrix = runShader(
    backend,
    shaders.ridgeMatrix(count / ridges),
    [sums, rest, ridge],
    sums.shape,
    rows,
  );
  const right = yLow ? runShader(backend, shaders.total, [given, asStack(yLow)], given.shape) : given;
  const inverse = runPasses(backend, shaders.inverseColumn, matrix, [], { count: n });
  const solve = (b: Stack): Stack => runShader(backend, shaders.product(n), [inverse, b], b.shape);
  const x = refined(backend, matrix, right, solve, { entry: shaders.entries.all, steps: 3 });
  for (const { dataId } of yLow ? [matrix, inverse, right] : [matrix, inverse]) backend.disposeData(dataId);
  return x;
}

/** The one kernel of ../../wide.ts that is not composed of others. Nothing is read back. */
export const ridgeSolve: KernelConfig = {
  kernelName: 'TractRidgeSolve',
  backendName: 'webgl',
  kernelFunc: ({ inputs, attrs, backend }) => {
    assertFloat32('TractRidgeSolve');
    const device = backend as WebGLBackend;
    const { shape } = inputs.y as TensorInfo;
    const size = shape.reduce((product, length) => product * length, 1);
    const zeros = (): TensorInfo => device.makeTensorInfo(shape, 'float32', new Float32Array(size));
    const x =
      size === 0 ? zeros() : solveRidge(device, inputs as Record<string, TensorInfo>, attrs!.rows as number);
    const result = [{ ...x, shape }];
    return attrs!.wide ? [...result, zeros()] : result;
  },
};
