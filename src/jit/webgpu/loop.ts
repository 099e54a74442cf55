import { util, type DataType, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Equation } from '../../core/program';
import { empty, type WebGPUBackend } from '../../core/webgpu';
import { planOf, type Loop, type LoopCall, type LoopPlan } from '../elementwise';
import { dispatcher, type Kernel } from './dispatch';
import { print } from './printer';

export type Runner = (call: { inputs: Record<number, TensorInfo>; backend: object }) => TensorInfo[];

const threads = 64;

/** A loop as one dispatch with all its outputs. */
export function loopRunner(equation: Equation): Runner {
  const { shape } = equation.attrs.loop as Loop;
  const plan = planOf(equation);
  const run = loopCall(
    plan,
    equation.outputs.map(({ dtype }) => dtype),
  );
  return ({ inputs, backend }) =>
    run(
      backend,
      equation.inputs.map((_, i) => inputs[i]!),
      shape,
      plan.sizes,
    );
}

/** A loop whose outputs are of these types; one of a single axis is for any number of elements. */
export function loopCall(plan: LoopPlan, types: readonly DataType[]): LoopCall {
  const launched = dispatcher(kernelOf(plan, types));
  const integers = steps(plan);
  const constants = constantsOf(plan);
  let last: { shape: readonly number[]; run: ReturnType<typeof launched> } | undefined;
  return (backend, inputs, shape) => {
    const size = util.sizeFromShape(shape as number[]);
    if (size === 0) return types.map((dtype) => empty(backend as WebGPUBackend, shape as number[], dtype));
    const tensors = inputs.filter((input) => typeof input !== 'number');
    const hasNumbers = tensors.length < inputs.length;
    // A program's loop has one shape, and no numbers.
    if (hasNumbers || last?.shape !== shape) {
      const floats = { ...constants };
      inputs.forEach((input, i) => {
        if (typeof input === 'number') floats[`c${i}`] = input;
      });
      const run = launched({
        outputs: types.map((dtype) => ({ shape, dtype })),
        workgroups: Math.ceil(size / threads),
        integers: { size, ...integers },
        floats,
      });
      last = { shape, run };
    }
    return last.run(backend, tensors);
  };
}

/** How far to go along each axis. */
export function steps({ sizes, inputs }: LoopPlan): Record<string, number> {
  const found: Record<string, number> = {};
  // The first axis is what is left of the index.
  for (let axis = 1; axis < sizes.length; axis++) found[`size${axis}`] = sizes[axis]!;
  inputs.forEach(({ strides, value, isNumber }, i) => {
    if (value === undefined && !isNumber && !isWhole(strides, sizes))
      strides.forEach((stride, axis) => {
        if (stride > 0) found[`stride${i}_${axis}`] = stride;
      });
  });
  return found;
}

export function constantsOf({ inputs }: LoopPlan, constant = 'c'): Record<string, number> {
  const entries = inputs.flatMap(({ value }, i) =>
    value === undefined ? [] : [[`${constant}${i}`, value] as const],
  );
  return Object.fromEntries(entries);
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

function kernelOf(plan: LoopPlan, types: readonly DataType[]): Kernel {
  const lines = ['if (index >= uniforms.size) { return; }', ...elementOf(plan, types)];
  return { name: 'loop', threads, body: lines.join('\n') };
}

/** Statements that compute and store element `index`. */
export function elementOf(
  plan: LoopPlan,
  types: readonly DataType[],
  read = (input: number, at: string): string => `f32(x${input}[${at}])`,
): string[] {
  const { sizes, inputs, outputs } = plan;
  const lines = [];
  if (Object.keys(steps(plan)).some((name) => name.startsWith('stride'))) {
    lines.push('var rest = index;');
    for (let axis = sizes.length - 1; axis > 0; axis--)
      lines.push(`let i${axis} = rest % uniforms.size${axis};`, `rest = rest / uniforms.size${axis};`);
    lines.push('let i0 = rest;');
  }
  const at = (i: number): string => {
    const { strides } = inputs[i]!;
    if (isWhole(strides, sizes)) return 'index';
    const along = strides.flatMap((stride, axis) =>
      stride > 0 ? [`i${axis} * uniforms.stride${i}_${axis}`] : [],
    );
    return along.join(' + ') || '0';
  };
  const { code, results } = computed(plan, (i) => read(i, at(i)));
  outputs.forEach((_, j) => code.push(`r${j}[index] = ${stored(results[j]!, types[j]!)};`));
  return [...lines, ...code];
}

/** Statements that compute an element from what is read of each input, and the names of the outputs. */
export function computed(
  { inputs, statements, outputs }: LoopPlan,
  read: (input: number) => string,
  constant = 'c',
): { code: string[]; results: string[] } {
  const values = Array.from({ length: inputs.length + statements.length }, (_, i) => `v${i}`);
  const code = inputs.map(({ kind, value, isNumber }, i) => {
    const number = value === undefined && !isNumber ? read(i) : `uniforms.${constant}${i}`;
    return `let v${i} = ${kind === 't' ? `${number} != 0.0` : number};`;
  });
  statements.forEach(({ expression }, k) =>
    code.push(`let ${values[inputs.length + k]} = ${print(expression, values)};`),
  );
  return { code, results: outputs.map((statement) => values[inputs.length + statement]!) };
}

/** A value as a buffer holds it. */
export function stored(value: string, dtype: string): string {
  return dtype === 'float32' ? value : `select(0, 1, ${value})`;
}
