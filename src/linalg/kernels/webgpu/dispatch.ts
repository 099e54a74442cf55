import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import { watched, type WebGPUBackend } from './program';

/**
 * Code for a compute shader with any number of outputs. It sees inputs x0, x1, ..., each an array of floats or integers as tfjs left it,
 * outputs r0, r1, ..., its numbers as uniforms, `workgroup` and `thread`. More workgroups than asked for may run.
 */
export interface Kernel {
  readonly name: string;
  /** Invocations of a workgroup. */
  readonly threads: number;
  readonly declarations?: string;
  readonly body: string;
}

/** What a kernel runs on, but for its inputs. Sizes and constants are no part of the code: kernels that differ in nothing else share it. */
export interface Launch {
  readonly outputs: readonly { readonly shape: readonly number[]; readonly dtype: DataType }[];
  readonly workgroups: number;
  readonly integers: Readonly<Record<string, number>>;
  readonly floats: Readonly<Record<string, number>>;
}

/** What tfjs's own kernels use besides. */
interface Backend extends WebGPUBackend {
  readonly device: WebGPUBackend['device'] & {
    createShaderModule(descriptor: { code: string }): object;
    createComputePipeline(descriptor: object): object;
  };
  readonly pipelineCache: Record<string, object>;
  readonly tensorMap: { get(dataId: object): { dtype: string } };
}

/**
 * A kernel ready to run, on launches that differ in numbers and shapes alone. tfjs's programs have one output: the others go in among its
 * inputs, which makes no difference to how it binds them.
 */
export function dispatcher(
  kernel: Kernel,
): (launch: Launch) => (backend: object, inputs: readonly TensorInfo[]) => TensorInfo[] {
  // What a buffer holds is known when it comes: tf.cast from integers and truths leaves it as it is.
  const codes = new Map<string, string>();
  return (launch) => {
    const { outputs, workgroups, integers, floats } = launch;
    const uniforms = [
      ...Object.values(integers).map((value) => ({ type: 'int32' as const, data: [value] })),
      ...Object.values(floats).map((value) => ({ type: 'float32' as const, data: [value] })),
    ];
    const sizes = outputs.map(({ shape }) => [util.sizeFromShape(shape as number[])]);
    return (given, inputs) => {
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
        workgroupSize: [kernel.threads, 1, 1],
        dispatchLayout: { x: [0] },
        dispatch: [workgroups, 1, 1],
        // tfjs would add shapes and types to it.
        get shaderKey() {
          return key;
        },
        set shaderKey(_) {},
      };
      const first = watched(backend.device, key, () => {
        backend.pipelineCache[key] ??= backend.device.createComputePipeline({
          layout: 'auto',
          compute: { module: backend.device.createShaderModule({ code: code! }), entryPoint: 'main' },
        });
        return backend.runWebGPUProgram(program, bound, outputs[0]!.dtype, uniforms);
      });
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

/**
 * tfjs fills the uniforms: NaN and infinity, shape and strides (one number each) of every input and of the output, and then our own.
 *
 * @param held for each input, f where its buffer holds floats, i where integers
 */
function shaderOf(
  { threads, declarations = '', body }: Kernel,
  { outputs, integers, floats }: Launch,
  held: string,
): string {
  const floating = outputs.map(({ dtype }) => dtype === 'float32');
  const bindings = [
    ...Array.from(held, (type, i) => ({ name: `x${i}`, access: 'read', isFloat: type === 'f' })),
    ...floating.slice(1).map((isFloat, i) => ({ name: `r${i + 1}`, access: 'read_write', isFloat })),
  ];
  const declared = (access: string, at: number, v: string, isFloat: boolean): string =>
    `@group(0) @binding(${at}) var<storage, ${access}> ${v} : array<${isFloat ? 'f32' : 'i32'}>;`;
  const shapes = [...bindings.map((binding) => binding.name), 'r0'].map(
    (v) => `${v}Shape : i32, ${v}Strides : i32,`,
  );
  const own = [
    ...Object.keys(integers).map((v) => `${v} : i32,`),
    ...Object.keys(floats).map((v) => `${v} : f32,`),
  ];
  return `
    struct Uniforms { NAN : f32, INFINITY : f32, ${[...shapes, ...own].join(' ')} };
    ${declared('read_write', 0, 'r0', floating[0]!)}
    ${bindings.map((b, i) => declared(b.access, i + 1, b.name, b.isFloat)).join('\n')}
    @group(0) @binding(${bindings.length + 1}) var<uniform> uniforms : Uniforms;
    ${declarations}
    @compute @workgroup_size(${threads})
    fn main(
      @builtin(workgroup_id) group : vec3<u32>,
      @builtin(num_workgroups) groups : vec3<u32>,
      @builtin(local_invocation_index) thread : u32
    ) {
      let workgroup = i32((group.z * groups.y + group.y) * groups.x + group.x);
      ${body}
    }`;
}
