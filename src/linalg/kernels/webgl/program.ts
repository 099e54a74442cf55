import { env, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Stack } from '../stack';

/** Members of tfjs's webgl backend that its own kernels use too. */
export interface WebGLBackend {
  runWebGLProgram(
    program: object,
    inputs: TensorInfo[],
    dtype: DataType,
    uniforms?: number[][],
    preventEagerUnpacking?: boolean,
  ): TensorInfo;
  makeTensorInfo(shape: number[], dtype: DataType, values?: Float32Array | Int32Array): TensorInfo;
  disposeData(dataId: object): boolean;
}

/**
 * A fragment shader: `body` computes one element `v` of the output, at `s`, `i`, `j` in the stack, row and column. It reads inputs X as
 * `getX(s, i, j)`, and integers that change from run to run without a new compilation: `k`, and its `sizes`; `zero` is 0
 * (see pairs.ts).
 */
export interface Shader {
  inputs: string[];
  sizes?: Record<string, number>;
  body: string;
  declarations?: string;
}

export function runShader(
  backend: WebGLBackend,
  { inputs, sizes = {}, body, declarations = '' }: Shader,
  tensors: TensorInfo[],
  shape: Stack['shape'],
  k = 0,
  dtype: DataType = 'float32',
): Stack {
  const matrices = tensors.map(asMatrix);
  const rows = inputs.map((name, i) => [`rows${name}`, matrices[i]!.rows] as const);
  const integers = { k, zero: 0, ...sizes, ...Object.fromEntries(rows) };
  const program = {
    variableNames: inputs,
    outputShape: shape,
    // One compilation for all shapes: see gpgpu_math of tfjs.
    enableShapeUniforms: true,
    customUniforms: Object.keys(integers).map((name) => ({ name, type: 'int' })),
    userCode: `
      ${inputs.map(reader).join('')}
      ${declarations}
      void main() {
        ivec3 at = getOutputCoords();
        int s = at.x;
        int i = at.y;
        int j = at.z;
        float v = 0.0;
        ${body}
        setOutput(v);
      }`,
  };
  const values = Object.values(integers).map((value) => [value]);
  return backend.runWebGLProgram(program, matrices, dtype, values, true) as Stack;
}

/**
 * A stack as one matrix, below each other. Of higher ranks with an axis of length one tfjs 4.22 takes the shader of one texture for another:
 * its key compares the texture's shape with the tensor's, its code with that of the tensor without such axes.
 */
function asMatrix({ dataId, shape, dtype }: TensorInfo): TensorInfo & { rows: number } {
  const [rows, columns] = shape.slice(-2) as [number, number];
  const size = shape.reduce((product, length) => product * length, 1);
  return { dataId, shape: [size / columns, columns], dtype, rows };
}

const reader = (name: string): string => `
      float get${name}(int s, int i, int j) { return get${name}(s * rows${name} + i, j); }`;

/** Runs a shader for k = 0, 1, ... or downwards, each time on the last result, its first input; `given` itself stays. */
export function runPasses(
  backend: WebGLBackend,
  shader: Shader,
  given: Stack,
  others: TensorInfo[],
  { count, down = true }: { count: number; down?: boolean },
): Stack {
  let result = given;
  for (let pass = 0; pass < count; pass++) {
    const next = runShader(backend, shader, [result, ...others], given.shape, down ? pass : count - 1 - pass);
    if (result !== given) backend.disposeData(result.dataId);
    result = next;
  }
  return result;
}

/** Linear algebra in half precision would be wrong without a word. */
export function assertFloat32(kernel: string): void {
  if (!env().getBool('WEBGL_RENDER_FLOAT32_ENABLED')) {
    throw new Error(
      `${kernel}: this device's webgl computes in float16, which is too little for linear algebra. Use the webgpu, wasm or cpu backend.`,
    );
  }
}
