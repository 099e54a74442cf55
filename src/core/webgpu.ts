import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';

/** Members of tfjs's webgpu backend that its own kernels use too. */
export interface WebGPUBackend {
  makeTensorInfo(shape: number[], dtype: DataType, values?: Float32Array | Int32Array): TensorInfo;
  disposeData(dataId: object): boolean;
  /** What buffers hold, which a tensor's own type need not be: tf.cast from integers and truths leaves them as they are. */
  readonly tensorMap: { get(dataId: object): { readonly dtype: string; readonly values?: unknown } };
}

interface Device {
  pushErrorScope(filter: 'validation'): void;
  popErrorScope(): Promise<{ message: string } | null>;
  createShaderModule(descriptor: { code: string }): object;
  createComputePipeline(descriptor: object): object;
}

interface Backend extends WebGPUBackend {
  readonly device: Device;
  readonly pipelineCache: Record<string, object>;
  runWebGPUProgram(
    program: object,
    inputs: TensorInfo[],
    dtype: DataType,
    uniforms: { type: 'int32' | 'float32'; data: number[] }[],
    output?: TensorInfo,
  ): TensorInfo;
}

/**
 * Code for a compute shader with any number of outputs. It sees its inputs under their names (by default x0, x1, ...), each an array of
 * floats or integers as tfjs left it; outputs r0, r1, ...; its numbers as uniforms, and one more, `zero`, that is 0; `w`, the workgroup, `t`,
 * the invocation in it, and `index`, the invocation among all.
 */
export interface Kernel {
  readonly name: string;
  readonly inputs?: readonly string[];
  /** Invocations of a workgroup. */
  readonly threads?: number;
  readonly declarations?: string;
  readonly body: string;
}

/** What a kernel runs on, but for its inputs. Sizes and constants are no part of the code: kernels that differ in nothing else share it. */
export interface Launch {
  readonly outputs: readonly { readonly shape: readonly number[]; readonly dtype: DataType }[];
  readonly workgroups: number;
  readonly integers: Readonly<Record<string, number>>;
  readonly floats?: Readonly<Record<string, number>>;
}

/** Invocations of a workgroup: what WebGPU grants everywhere. */
export const threads = 256;

/**
 * A kernel ready to run, on launches that differ in numbers and shapes alone. tfjs's programs have one output: the others go in among its
 * inputs, which makes no difference to how it binds them. The first may be given, and is then written in place.
 */
/* @__NO_SIDE_EFFECTS__ */
export function dispatcher(
  kernel: Kernel,
): (launch: Launch) => (backend: object, inputs: readonly TensorInfo[], output?: TensorInfo) => TensorInfo[] {
  // What a buffer holds is known when it comes.
  const codes = new Map<string, string>();
  return (launch) => {
    const { outputs, workgroups, integers, floats = {} } = launch;
    const uniforms = [
      ...[0, workgroups, ...Object.values(integers)].map((value) => ({
        type: 'int32' as const,
        data: [value],
      })),
      ...Object.values(floats).map((value) => ({ type: 'float32' as const, data: [value] })),
    ];
    const sizes = outputs.map(({ shape }) => [util.sizeFromShape(shape as number[])]);
    return (given, inputs, output) => {
      const backend = given as Backend;
      let held = '';
      const bound = inputs.map(({ dataId, shape, dtype }) => {
        held += backend.tensorMap.get(dataId).dtype === 'float32' ? 'f' : 'i';
        return { dataId, shape: [util.sizeFromShape(shape)], dtype };
      });
      let code = codes.get(held);
      if (code === undefined) codes.set(held, (code = shaderOf(kernel, launch, held)));
      for (let i = 1; i < outputs.length; i++)
        bound.push(backend.makeTensorInfo(sizes[i]!, outputs[i]!.dtype));
      const key = keyOf(kernel.name, code);
      const program = {
        variableNames: bound.map((_, i) => `x${i}`),
        outputShape: sizes[0]!,
        workgroupSize: [kernel.threads ?? threads, 1, 1],
        dispatchLayout: { x: [0] },
        dispatch: [workgroups, 1, 1],
        // tfjs would add shapes and types to it.
        get shaderKey() {
          return key;
        },
        set shaderKey(_) {},
      };
      const first = watched(backend, kernel.name, key, code, () =>
        backend.runWebGPUProgram(
          program,
          bound,
          outputs[0]!.dtype,
          uniforms,
          output && { ...output, shape: sizes[0]! },
        ),
      );
      return [first, ...bound.slice(inputs.length)].map(({ dataId }, i) => ({
        dataId,
        shape: outputs[i]!.shape as number[],
        dtype: outputs[i]!.dtype,
      }));
    };
  };
}

const keys = new Map<string, string>();

/** Kernels of the same code are one program, whatever made them. */
function keyOf(name: string, code: string): string {
  let key = keys.get(code);
  if (!key) keys.set(code, (key = `tfjs-tract ${name} ${keys.size}`));
  return key;
}

/** What devices said of the pipelines they refused. */
const refused = new WeakMap<object, string>();

/**
 * WebGPU does not throw for a shader that it refuses: results are then whatever the memory held. The first run of each is watched, and
 * runs after a refusal throw.
 */
function watched<T>(
  { device, pipelineCache }: Backend,
  name: string,
  key: string,
  code: string,
  run: () => T,
): T {
  const refusal = (message: string): string => `The WebGPU device refused the shader "${name}": ${message}`;
  const known = pipelineCache[key];
  if (known) {
    const message = refused.get(known);
    if (message !== undefined) throw new Error(refusal(message));
    return run();
  }
  device.pushErrorScope('validation');
  try {
    pipelineCache[key] = device.createComputePipeline({
      layout: 'auto',
      compute: { module: device.createShaderModule({ code }), entryPoint: 'main' },
    });
    return run();
  } finally {
    device.popErrorScope().then(
      (error) => {
        if (!error) return;
        refused.set(pipelineCache[key]!, error.message);
        console.error(`tfjs-tract: ${refusal(error.message)}`);
      },
      // The device is lost, which is reported where it is used next.
      () => {},
    );
  }
}

/**
 * tfjs fills the uniforms: NaN and infinity, shape and strides (one number each) of every input and of the output, and then our own. More
 * workgroups than asked for may run.
 *
 * @param held for each input, f where its buffer holds floats, i where integers
 */
function shaderOf(
  { inputs, threads: invocations = threads, declarations = '', body }: Kernel,
  { outputs, integers, floats = {} }: Launch,
  held: string,
): string {
  const floating = outputs.map(({ dtype }) => dtype === 'float32');
  const bindings = [
    ...Array.from(held, (type, i) => ({
      name: inputs?.[i] ?? `x${i}`,
      access: 'read',
      isFloat: type === 'f',
    })),
    ...floating.slice(1).map((isFloat, i) => ({ name: `r${i + 1}`, access: 'read_write', isFloat })),
  ];
  const declared = (access: string, at: number, v: string, isFloat: boolean): string =>
    `@group(0) @binding(${at}) var<storage, ${access}> ${v} : array<${isFloat ? 'f32' : 'i32'}>;`;
  const fields = [
    ...[...bindings.map(({ name }) => name), 'r0'].map((v) => `${v}Shape : i32, ${v}Strides : i32,`),
    ...['zero', 'workgroups', ...Object.keys(integers)].map((v) => `${v} : i32,`),
    ...Object.keys(floats).map((v) => `${v} : f32,`),
  ];
  return `
    struct Uniforms { NAN : f32, INFINITY : f32, ${fields.join(' ')} };
    ${declared('read_write', 0, 'r0', floating[0]!)}
    ${bindings.map((b, i) => declared(b.access, i + 1, b.name, b.isFloat)).join('\n')}
    @group(0) @binding(${bindings.length + 1}) var<uniform> uniforms : Uniforms;
    ${declarations}
    @compute @workgroup_size(${invocations})
    fn main(
      @builtin(workgroup_id) group : vec3<u32>,
      @builtin(num_workgroups) groups : vec3<u32>,
      @builtin(local_invocation_index) local : u32
    ) {
      let w = i32((group.z * groups.y + group.y) * groups.x + group.x);
      if (w >= uniforms.workgroups) { return; }
      let t = i32(local);
      let index = w * ${invocations} + t;
      ${body}
    }`;
}

/** A tensor without elements. */
export const empty = (backend: WebGPUBackend, shape: number[], dtype: DataType = 'float32'): TensorInfo =>
  backend.makeTensorInfo(shape, dtype, dtype === 'int32' ? new Int32Array(0) : new Float32Array(0));
