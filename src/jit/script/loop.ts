import { util } from '@tensorflow/tfjs-core';
import type { Equation, Var } from '../../core/program';
import { OPERATIONS } from './operations';
import { valuesOf, write, type ScriptKernel } from './values';

/** Elementwise kernel calls of one shape, that run as one loop: what a 'TractLoop' equation carries. Its inputs and outputs are those of the loop. */
export interface Loop {
  readonly calls: readonly Equation[];
  readonly shape: readonly number[];
}

type Body = (inputs: Float32Array[], outputs: (Float32Array | Uint8Array)[]) => void;

/** Whether a call can be part of a loop. */
export function isElementwise({ kernel, inputs, outputs }: Equation): boolean {
  const operation = Object.hasOwn(OPERATIONS, kernel) && OPERATIONS[kernel];
  if (!operation || inputs.length !== operation.inputs.length) return false;
  const known = ({ dtype }: Var): boolean => dtype === 'float32' || dtype === 'bool';
  if (!inputs.every(([, v]) => known(v)) || !known(outputs[0]!)) return false;
  // tfjs's Select takes a condition of rank 1 for rows.
  const sameShape = ({ shape }: Var): boolean =>
    util.arraysEqual(shape as number[], outputs[0]!.shape as number[]);
  return kernel !== 'Select' || inputs.every(([, v]) => sameShape(v));
}

/** Whether JavaScript may be generated here: content security policies can forbid it. */
export function canGenerate(): boolean {
  if (allowed === undefined) {
    try {
      new Function('return 1');
      allowed = true;
    } catch {
      allowed = false;
    }
  }
  return allowed;
}
let allowed: boolean | undefined;

export const loop: ScriptKernel = (equation) => {
  const { shape } = equation.attrs.loop as Loop;
  const run = bodyOf(equation);
  const size = util.sizeFromShape(shape as number[]);
  const types = equation.outputs.map(({ dtype }) => dtype);
  const count = equation.inputs.length;
  return ({ inputs, backend }) => {
    const given = new Array<Float32Array>(count);
    for (let i = 0; i < count; i++) given[i] = valuesOf(backend, inputs[i]!);
    const results = types.map((dtype) => (dtype === 'bool' ? new Uint8Array(size) : new Float32Array(size)));
    run(given, results);
    return results.map((values, i) => write(backend, values, shape, types[i]!));
  };
};

const bodies = new Map<string, Body>();

function bodyOf(equation: Equation): Body {
  const code = generate(equation);
  let body = bodies.get(code);
  if (!body) bodies.set(code, (body = new Function('inputs', 'outputs', code) as Body));
  return body;
}

/** The loop's code: one nest over the axes, neighbours joined where all inputs broadcast alike along them. */
function generate({ inputs, outputs, attrs }: Equation): string {
  const { calls, shape } = attrs.loop as Loop;
  const sources = inputs.map(([, v]) => v);
  const { sizes, strides } = collapse(shape, sources);
  const names = new Map<Var, string>();
  const before = ['const F = Math.fround;'];
  const inside: string[] = [];
  sources.forEach((v, i) => {
    names.set(v, `x${i}`);
    before.push(`const a${i} = inputs[${i}];`);
    const at = strides[i]!.flatMap((stride, axis) => (stride > 0 ? [`i${axis} * ${stride}`] : []));
    const load = `const x${i} = a${i}[${at.join(' + ') || 0}];`;
    (at.length > 0 ? inside : before).push(load);
  });
  calls.forEach(({ kernel, inputs: operands, attrs: given, outputs: [output] }, k) => {
    const { inputs: order, code } = OPERATIONS[kernel]!;
    const args = order.map((name) => names.get(operands.find(([key]) => key === name)![1])!);
    inside.push(`const v${k} = ${code(args, given)};`);
    names.set(output!, `v${k}`);
  });
  outputs.forEach((v, i) => {
    before.push(`const o${i} = outputs[${i}];`);
    inside.push(`o${i}[p] = ${names.get(v)};`);
  });
  const open = sizes.map((size, axis) => `for (let i${axis} = 0; i${axis} < ${size}; i${axis}++) {`);
  return [...before, 'let p = 0;', ...open, ...inside, 'p++;', ...sizes.map(() => '}')].join('\n');
}

/** The axes of a loop, and each input's stride along them, zero where it is repeated. */
function collapse(
  shape: readonly number[],
  inputs: readonly Var[],
): { sizes: number[]; strides: number[][] } {
  const sizes: number[] = [];
  const strides: number[][] = inputs.map(() => []);
  const full = inputs.map((v) => {
    const lead = shape.length - v.shape.length;
    let stride = 1;
    const found = new Array<number>(shape.length).fill(0);
    for (let axis = shape.length - 1; axis >= lead; axis--) {
      const size = v.shape[axis - lead]!;
      found[axis] = size === 1 ? 0 : stride;
      stride *= size;
    }
    return found;
  });
  for (let axis = 0; axis < shape.length; axis++) {
    const size = shape[axis]!;
    if (size === 1) continue;
    // Two axes are one where going round the second moves every input as a step of the first does.
    const joins = sizes.length > 0 && full.every((own, i) => strides[i]!.at(-1) === own[axis]! * size);
    if (joins) sizes[sizes.length - 1]! *= size;
    else sizes.push(size);
    full.forEach((own, i) => {
      if (joins) strides[i]![strides[i]!.length - 1] = own[axis]!;
      else strides[i]!.push(own[axis]!);
    });
  }
  return { sizes, strides };
}
