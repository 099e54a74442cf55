import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';

/** A scope in which a WebGPU device collects its errors. */
interface ErrorScopes {
  pushErrorScope(filter: 'validation'): void;
  popErrorScope(): Promise<{ message: string } | null>;
}

/** Members of tfjs's webgpu backend that its own kernels use too. */
export interface WebGPUBackend {
  readonly device: ErrorScopes;
  runWebGPUProgram(
    program: object,
    inputs: TensorInfo[],
    dtype: DataType,
    uniforms?: { type: 'int32' | 'float32'; data: number[] }[],
    output?: TensorInfo,
  ): TensorInfo;
  makeTensorInfo(shape: number[], dtype: DataType, values?: Float32Array | Int32Array): TensorInfo;
  disposeData(dataId: object): boolean;
}

/** Invocations of a workgroup: what WebGPU grants everywhere. */
export const threads = 256;

/**
 * A compute shader of {@link threads} invocations a workgroup over an output of three axes. Its code sees `w`, the workgroup, and `t`, the
 * invocation in it; inputs under their names, the output as `result`, shapes as `uniforms.<input>Shape` and `uniforms.outShape`.
 */
export interface Shader {
  name: string;
  inputs: string[];
  /** Names of integers that change from run to run without a new compilation. */
  integers?: string[];
  /** Declarations before `main`. */
  declarations?: string;
  body: string;
}

export interface Run {
  backend: WebGPUBackend;
  shader: Shader;
  inputs: TensorInfo[];
  integers?: number[];
  workgroups: number;
  shape: [number, number, number];
  dtype?: DataType;
  /** Written in place, instead of a new tensor. */
  output?: TensorInfo;
}

const compiled = new WeakMap<object, Set<string>>();
const refused = new WeakMap<object, Map<string, string>>();

/**
 * Runs a shader. More workgroups than asked for may run: a shader must ignore those from `workgroups` on. tfjs compiles a program anew for
 * each pattern of equal and broadcast shapes, which these do not depend on: their key is fixed.
 */
export function runShader({
  backend,
  shader,
  inputs,
  integers = [],
  workgroups,
  shape,
  dtype = 'float32',
  output,
}: Run): TensorInfo {
  const { name, inputs: variableNames, integers: names = [], declarations = '', body } = shader;
  const program = {
    variableNames,
    outputShape: shape,
    workgroupSize: [threads, 1, 1],
    dispatchLayout: { x: [0, 1, 2] },
    dispatch: [workgroups, 1, 1],
    uniforms: names.map((n) => `${n} : i32, `).join(''),
    get shaderKey() {
      return `tfjs-tract ${name}`;
    },
    set shaderKey(_) {},
    getUserCode: () => `${declarations}
      fn main(_index : i32) {
        let w = i32((workgroupId.z * numWorkgroups.y + workgroupId.y) * numWorkgroups.x + workgroupId.x);
        let t = i32(localIndex);
        let index = w * ${threads} + t;
        ${body}
      }`,
  };
  const uniforms = integers.map((value) => ({ type: 'int32' as const, data: [value] }));
  return watched(backend.device, name, () =>
    backend.runWebGPUProgram(program, inputs, dtype, uniforms, output),
  );
}

/**
 * WebGPU does not throw for a shader that it refuses: results are then whatever the memory held. The first run of each is watched, and
 * runs after a refusal throw.
 */
export function watched<T>(device: ErrorScopes, name: string, run: () => T): T {
  const message = refused.get(device)?.get(name);
  if (message !== undefined) throw new Error(`The WebGPU device refused the shader "${name}": ${message}`);
  const known = compiled.get(device) ?? new Set();
  compiled.set(device, known);
  if (known.has(name)) return run();
  known.add(name);
  device.pushErrorScope('validation');
  try {
    return run();
  } finally {
    device.popErrorScope().then(
      (error) => {
        if (!error) return;
        refused.set(device, (refused.get(device) ?? new Map()).set(name, error.message));
        console.error(`tfjs-tract: the WebGPU device refused the shader "${name}": ${error.message}`);
      },
      // The device is lost, which is reported where it is used next.
      () => {},
    );
  }
}

/** A stack of matrices, with its leading axes made one. */
export function asStack({ dataId, shape, dtype }: TensorInfo): Stack {
  const [n, m] = shape.slice(-2) as [number, number];
  const count = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return { dataId, shape: [count, n, m], dtype };
}

export interface Stack extends TensorInfo {
  shape: [number, number, number];
}

/** A tensor without elements. */
export const empty = (backend: WebGPUBackend, shape: number[], dtype: DataType = 'float32'): TensorInfo =>
  backend.makeTensorInfo(shape, dtype, dtype === 'int32' ? new Int32Array(0) : new Float32Array(0));

export const isEmpty = ({ shape }: TensorInfo): boolean => shape.includes(0);
