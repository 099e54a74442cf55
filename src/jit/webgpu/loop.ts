import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Equation } from '../../core/program';
import { empty, watched, type WebGPUBackend } from '../../linalg/kernels/webgpu/program';
import { planOf, type Loop, type LoopPlan } from '../elementwise';
import { LIBRARY, print } from './printer';

/** Invocations of a workgroup. */
const threads = 64;

/** What tfjs's own kernels use besides. */
interface Backend extends WebGPUBackend {
  readonly device: WebGPUBackend['device'] & {
    createShaderModule(descriptor: { code: string }): object;
    createComputePipeline(descriptor: object): object;
  };
  readonly pipelineCache: Record<string, object>;
  readonly tensorMap: { get(dataId: object): { dtype: string } };
}

type Runner = (call: { inputs: Record<number, TensorInfo>; backend: object }) => TensorInfo[];

/**
 * A loop as one dispatch with all its outputs. tfjs's programs have one output: the others go in among its inputs, which makes no
 * difference to how it binds them.
 */
export function loopRunner(equation: Equation): Runner {
  const { shape } = equation.attrs.loop as Loop;
  const plan = planOf(equation);
  const count = equation.inputs.length;
  const size = util.sizeFromShape(shape as number[]);
  const types = equation.outputs.map(({ dtype }) => dtype);
  const uniforms = uniformsOf(plan);
  const flat = [size];
  // What a buffer holds is known when it comes: tf.cast from integers and truths leaves it as it is.
  const codes = new Map<string, string>();
  return ({ inputs, backend: given }) => {
    const backend = given as Backend;
    if (size === 0) return types.map((dtype) => empty(backend, shape as number[], dtype));
    const list = new Array<TensorInfo>(count);
    let held = '';
    for (let i = 0; i < count; i++) {
      const { dataId, dtype } = inputs[i]!;
      list[i] = { dataId, shape: flat, dtype };
      held += backend.tensorMap.get(dataId).dtype === 'float32' ? 'f' : 'i';
    }
    let code = codes.get(held);
    if (code === undefined) codes.set(held, (code = generate(plan, held, types)));
    const others = types.slice(1).map((dtype) => backend.makeTensorInfo(flat, dtype));
    const key = keyOf(code);
    const program = {
      variableNames: [...list, ...others].map((_, i) => `x${i}`),
      outputShape: flat,
      workgroupSize: [threads, 1, 1],
      dispatchLayout: { x: [0] },
      dispatch: [Math.ceil(size / threads), 1, 1],
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
      return backend.runWebGPUProgram(program, [...list, ...others], types[0]!, uniforms);
    });
    return [first, ...others].map(({ dataId, dtype }) => ({ dataId, shape: shape as number[], dtype }));
  };
}

const keys = new Map<string, string>();

/** Loops of the same code are one program, whatever made them. */
function keyOf(code: string): string {
  let key = keys.get(code);
  if (!key) keys.set(code, (key = `tfjs-tract loop ${keys.size}`));
  return key;
}

interface Uniform {
  readonly name: string;
  readonly type: 'int32' | 'float32';
  readonly value: number;
}

/** Sizes, strides and constants are no part of the code, so that loops that differ in nothing else share it. */
function* numbersOf({ sizes, inputs }: LoopPlan): Generator<Uniform> {
  // The first axis is what is left of the index.
  for (let axis = 1; axis < sizes.length; axis++)
    yield { name: `size${axis}`, type: 'int32', value: sizes[axis]! };
  for (const [i, input] of inputs.entries()) {
    if (input.value !== undefined) yield { name: `c${i}`, type: 'float32', value: input.value };
    else if (!isWhole(input.strides, sizes))
      for (const [axis, stride] of input.strides.entries())
        if (stride > 0) yield { name: `stride${i}_${axis}`, type: 'int32', value: stride };
  }
}

function uniformsOf(plan: LoopPlan): { type: 'int32' | 'float32'; data: number[] }[] {
  return [...numbersOf(plan)].map(({ type, value }) => ({ type, data: [value] }));
}

/** Whether an input has an element for each of the loop. */
function isWhole(strides: readonly number[], sizes: readonly number[]): boolean {
  let expected = 1;
  for (let axis = sizes.length - 1; axis >= 0; axis--) {
    if (strides[axis] !== expected) return false;
    expected *= sizes[axis]!;
  }
  return true;
}

/**
 * The loop's code. tfjs fills the uniforms: NaN and infinity, shape and strides (one number each) of every input and of the output, and
 * then our own.
 *
 * @param held for each input, f where its buffer holds floats, i where integers
 */
function generate(plan: LoopPlan, held: string, types: readonly string[]): string {
  const { sizes, inputs, statements, outputs } = plan;
  const names = [...Array.from(held, (_, i) => `x${i}`), ...types.slice(1).map((_, j) => `r${j + 1}`), 'r0'];
  const storage = (type: string): string => (type === 'f' ? 'f32' : 'i32');
  const typeOf = (dtype: string): string => storage(dtype === 'float32' ? 'f' : 'i');
  const given = names.map((name) => `${name}Shape : i32, ${name}Strides : i32,`).join(' ');
  const own = [...numbersOf(plan)].map(({ name, type }) => `${name} : ${type === 'int32' ? 'i32' : 'f32'},`);
  const bindings = names.slice(0, -1).map((name, i) => {
    const isInput = i < held.length;
    const type = isInput ? storage(held[i]!) : typeOf(types[i - held.length + 1]!);
    return `@group(0) @binding(${i + 1}) var<storage, ${isInput ? 'read' : 'read_write'}> ${name} : array<${type}>;`;
  });
  const values = [...inputs.map((_, i) => `v${i}`), ...statements.map((_, k) => `v${inputs.length + k}`)];
  const isIndexed = inputs.some(
    ({ strides, value }) =>
      value === undefined && !isWhole(strides, sizes) && strides.some((stride) => stride > 0),
  );
  const axes: string[] = [];
  if (isIndexed) {
    axes.push('var rest = index;');
    for (let axis = sizes.length - 1; axis > 0; axis--)
      axes.push(`let i${axis} = rest % uniforms.size${axis};`, `rest = rest / uniforms.size${axis};`);
    axes.push('let i0 = rest;');
  }
  const loads = inputs.map(({ kind, strides, value }, i) => {
    if (value !== undefined)
      return `let v${i} = ${kind === 't' ? `uniforms.c${i} != 0.0` : `uniforms.c${i}`};`;
    const at = isWhole(strides, sizes)
      ? 'index'
      : strides
          .flatMap((stride, axis) => (stride > 0 ? [`i${axis} * uniforms.stride${i}_${axis}`] : []))
          .join(' + ');
    const element = `x${i}[${at || 0}]`;
    return `let v${i} = ${kind === 't' ? `${element} != ${storage(held[i]!)}(0)` : `f32(${element})`};`;
  });
  const computed = statements.map(
    ({ expression }, k) => `let ${values[inputs.length + k]} = ${print(expression, values)};`,
  );
  const stores = outputs.map((statement, j) => {
    const value = values[inputs.length + statement];
    return `r${j}[index] = ${types[j] === 'float32' ? value : `select(0, 1, ${value})`};`;
  });
  return `
    struct Uniforms { NAN : f32, INFINITY : f32, ${given} ${own.join(' ')} };
    @group(0) @binding(0) var<storage, read_write> r0 : array<${typeOf(types[0]!)}>;
    ${bindings.join('\n')}
    @group(0) @binding(${names.length}) var<uniform> uniforms : Uniforms;
    ${LIBRARY}
    @compute @workgroup_size(${threads})
    fn main(
      @builtin(workgroup_id) group : vec3<u32>,
      @builtin(num_workgroups) groups : vec3<u32>,
      @builtin(local_invocation_index) lane : u32
    ) {
      let index = i32(((group.z * groups.y + group.y) * groups.x + group.x) * ${threads}u + lane);
      if (index >= uniforms.r0Shape) { return; }
      ${[...axes, ...loads, ...computed, ...stores].join('\n')}
    }`;
}
