import { util, type DataType } from '@tensorflow/tfjs-core';
import { planOf, type Loop, type LoopCall, type LoopPlan } from '../elementwise';
import { arraysOf } from './kept';
import { print } from './printer';
import { valuesOf, write, type ScriptKernel } from './values';

type Body = (
  inputs: (Float32Array | number)[],
  outputs: (Float32Array | Uint8Array)[],
  sizes: readonly number[],
) => void;

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

/** A loop as generated JavaScript. Every value is rounded to float32, as the cpu backend's results are when it stores them. */
export const loop: ScriptKernel = (equation, kept) => {
  const { shape } = equation.attrs.loop as Loop;
  const plan = planOf(equation);
  const run = bodyOf(plan);
  const size = util.sizeFromShape(shape as number[]);
  const types = equation.outputs.map(({ dtype }) => dtype);
  const makers = equation.outputs.map((v) => arraysOf(v.dtype, size, kept.has(v)));
  const count = equation.inputs.length;
  return ({ inputs, backend }) => {
    const given = new Array<Float32Array>(count);
    for (let i = 0; i < count; i++) given[i] = valuesOf(backend, inputs[i]!);
    const results = new Array<Float32Array | Uint8Array>(makers.length);
    for (let i = 0; i < makers.length; i++) results[i] = makers[i]!();
    run(given, results, plan.sizes);
    return results.map((values, i) => write(backend, values, shape, types[i]!));
  };
};

/** A loop of any sizes whose outputs are of these types. */
export function loopCall(plan: LoopPlan, types: readonly DataType[]): LoopCall {
  const run = bodyOf(plan);
  return (backend, inputs, shape, sizes) => {
    const given = inputs.map((x) => (typeof x === 'number' ? Math.fround(x) : valuesOf(backend, x)));
    const size = util.sizeFromShape(shape as number[]);
    const results = types.map((dtype) => arraysOf(dtype, size, false)());
    run(given, results, sizes);
    return results.map((values, i) => write(backend, values, shape, types[i]!));
  };
}

const bodies = new Map<string, Body>();

function bodyOf(plan: LoopPlan): Body {
  const code = generate(plan);
  let body = bodies.get(code);
  if (!body) bodies.set(code, (body = new Function('inputs', 'outputs', 'sizes', code) as Body));
  return body;
}

/** The loop's code: one nest over the axes, of any sizes that have these strides. */
function generate({ sizes, inputs, statements, outputs }: LoopPlan): string {
  const before = ['const F = Math.fround;'];
  const inside: string[] = [];
  inputs.forEach(({ strides, value, isNumber }, i) => {
    if (value !== undefined) {
      before.push(`const x${i} = ${Object.is(value, -0) ? '-0' : value};`);
      return;
    }
    before.push(`const ${isNumber ? 'x' : 'a'}${i} = inputs[${i}];`);
    if (isNumber) return;
    const at = strides.flatMap((stride, axis) => (stride > 0 ? [`i${axis} * ${stride}`] : []));
    const load = `const x${i} = a${i}[${at.join(' + ') || 0}];`;
    (at.length > 0 ? inside : before).push(load);
  });
  const names = [...inputs.map((_, i) => `x${i}`), ...statements.map((_, k) => `v${k}`)];
  statements.forEach(({ expression, kind }, k) => {
    const code = print(expression, names);
    inside.push(`const v${k} = ${kind === 'n' ? `F(${code})` : `${code} ? 1 : 0`};`);
  });
  outputs.forEach((statement, i) => {
    before.push(`const o${i} = outputs[${i}];`);
    inside.push(`o${i}[p] = v${statement};`);
  });
  sizes.forEach((_, axis) => before.push(`const n${axis} = sizes[${axis}];`));
  const open = sizes.map((_, axis) => `for (let i${axis} = 0; i${axis} < n${axis}; i${axis}++) {`);
  return [...before, 'let p = 0;', ...open, ...inside, 'p++;', ...sizes.map(() => '}')].join('\n');
}
