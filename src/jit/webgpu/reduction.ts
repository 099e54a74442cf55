import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import type { Equation, Var } from '../../core/program';
import { planOf, type Loop, type LoopPlan } from '../elementwise';
import { REDUCTIONS, usesOf, type Pass } from '../passes';
import { isSoftware } from './adapter';
import { addressing, axesOf, merged, sizeOf, type Axis } from './axes';
import { STORED, type Finish } from './contraction';
import { dispatcher, type Launch } from './dispatch';
import { computed, constantsOf } from './loop';

/** The sum, mean or extremum of elements over some axes, in any order, of a tensor or of what a loop makes. */
export interface Reduction {
  readonly kernel: string;
  readonly kept: readonly Axis[];
  readonly reduced: readonly Axis[];
  readonly operands: number;
  /** What is reduced: by default the one operand. */
  readonly plan?: LoopPlan;
}

export const REDUCTION = 'TractReduction';

/** Neutral elements of the reductions, and how two values are one, in WGSL. */
export const COMBINING: Readonly<
  Record<string, readonly [neutral: string, (a: string, b: string) => string]>
> = {
  Sum: ['0.0', (a, b) => `${a} + ${b}`],
  Mean: ['0.0', (a, b) => `${a} + ${b}`],
  Max: ['-uniforms.INFINITY', (a, b) => `greatest(${a}, ${b})`],
  Min: ['uniforms.INFINITY', (a, b) => `least(${a}, ${b})`],
};

/** Invocations of a workgroup, and of one with few results of long sums. */
const FEWER = 64;
const MORE = 256;
const LONG = 1024;

/** Terms of a sum that begins at zero: what rounding loses grows with their number, and with the number of such sums. */
const TERMS = 64;

/** Invocations that a device shall have at least, as far as each has a few elements. */
const ENOUGH = 4096;
const FEW = 4;

/** A reduction as one dispatch. Some invocations share a result; neighbouring ones read neighbouring elements where they can. */
export function reduction(
  { kernel, kept, reduced, operands: count, plan }: Reduction,
  outputs: Launch['outputs'],
  finish: Finish = STORED,
): (backend: object, inputs: readonly TensorInfo[]) => TensorInfo[] {
  const [results, length] = [sizeOf(kept), sizeOf(reduced)];
  const threads = !isSoftware() && length >= LONG && results < FEWER ? MORE : FEWER;
  const wanted = isSoftware() ? 16 / results : ENOUGH / results;
  const lanes = Math.max(1, 2 ** Math.floor(Math.log2(Math.min(threads, wanted, length / FEW))));
  const side = threads / lanes;
  const operands = Array.from({ length: count }, (_, i) => i);
  const addresses = [addressing('kept', kept, operands), addressing('reduced', reduced, operands)];
  const read = (i: number): string => `f32(x${i}[at${i} + reduced_${i}(k)])`;
  const {
    code,
    results: [element],
  } = plan ? computed(plan, read, 'p') : { code: [`let v0 = ${read(0)};`], results: ['v0'] };
  const [neutral, combine] = COMBINING[kernel]!;
  // Neighbours are elements of one sum, or of neighbouring ones.
  const isAlong = reduced.at(-1)?.steps[0] === 1;
  const body = [
    `let place = t ${isAlong ? `/ ${lanes}` : `% ${side}`};`,
    `let lane = t ${isAlong ? `% ${lanes}` : `/ ${side}`};`,
    `let result = w * ${side} + place;`,
    'let known = min(result, uniforms.results - 1);',
    ...operands.map((i) => `let at${i} = kept_${i}(known);`),
    `var value = ${neutral};`,
    `for (var first = lane; first < uniforms.length; first += ${lanes * TERMS}) {`,
    `let end = min(first + ${lanes * TERMS}, uniforms.length);`,
    `var part = ${neutral};`,
    `for (var k = first; k < end; k += ${lanes}) {`,
    ...code,
    `part = ${combine('part', element!)};`,
    '}',
    `value = ${combine('value', 'part')};`,
    '}',
  ];
  if (lanes > 1)
    body.push(
      'scratch[t] = value;',
      'workgroupBarrier();',
      'if (lane > 0) { return; }',
      `for (var l = 1; l < ${lanes}; l++) { value = ${combine('value', `scratch[t + l * ${isAlong ? 1 : side}]`)}; }`,
    );
  if (kernel === 'Mean') body.push('value = value / f32(uniforms.length);');
  body.push(`if (result < uniforms.results) { let index = result; ${finish.code} }`);
  const run = dispatcher({
    name: 'reduction',
    threads,
    declarations: `${addresses.map(({ code }) => code).join('\n')}
      ${lanes > 1 ? `var<workgroup> scratch : array<f32, ${threads}>;` : ''}`,
    body: body.join('\n'),
  });
  const launch: Launch = {
    outputs,
    workgroups: Math.ceil(results / side),
    integers: {
      results,
      length,
      ...Object.assign({}, ...addresses.map(({ integers }) => integers)),
      ...finish.integers,
    },
    floats: { ...(plan && constantsOf(plan, 'p')), ...finish.floats },
  };
  return run(launch);
}

/**
 * Reductions over any axes become our own, which need no transposition, and take in the loop that makes what they alone read.
 *
 * @param buffers how many inputs and outputs a call may have in all
 */
export const reductions =
  (buffers: number): Pass =>
  (program) => {
    const uses = usesOf(program);
    const loops = new Map<Var, number>();
    program.equations.forEach(({ kernel, outputs }, i) => {
      if (kernel === 'TractLoop' && outputs.length === 1) loops.set(outputs[0]!, i);
    });
    const next: (Equation | undefined)[] = [...program.equations];
    program.equations.forEach((equation, i) => {
      const { kernel, inputs, outputs, attrs } = equation;
      const [, x] = inputs[0] ?? [];
      const isOurs =
        Object.hasOwn(REDUCTIONS, kernel) && x!.dtype === 'float32' && outputs[0]!.dtype === 'float32';
      if (!isOurs || x!.shape.includes(0)) return;
      const at = uses.get(x!) === 1 ? loops.get(x!) : undefined;
      const loop =
        at === undefined || program.equations[at]!.inputs.length + 1 > buffers
          ? undefined
          : program.equations[at]!;
      if (loop) next[at!] = undefined;
      const operands = loop ? loop.inputs.map(([, v]) => v) : [x!];
      const axes = broadcast(operands, loop ? (loop.attrs.loop as Loop).shape : x!.shape);
      const over = new Set(util.parseAxisParam(attrs[REDUCTIONS[kernel]!] as number[], x!.shape as number[]));
      const form: Reduction = {
        kernel,
        kept: merged(axes.filter((_, axis) => !over.has(axis))),
        reduced: merged(axes.filter((_, axis) => over.has(axis))),
        operands: operands.length,
        ...(loop && { plan: planOf(loop) }),
      };
      const named = operands.map((v, k) => [String(k), v] as const);
      next[i] = { kernel: REDUCTION, inputs: named, list: true, attrs: { form }, outputs, many: true };
    });
    return { ...program, equations: next.filter((equation) => equation !== undefined) };
  };

/** The axes of a shape to which operands are broadcast. */
function broadcast(operands: readonly Var[], shape: readonly number[]): Axis[] {
  const all = operands.map((v) => axesOf(v.shape));
  return shape.map((size, axis) => ({
    size,
    steps: all.map((own) => {
      const found = own[axis - shape.length + own.length];
      return !found || found.size === 1 ? 0 : found.steps[0]!;
    }),
  }));
}
