import { Variable, type DataType, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { explained } from '../core/backendErrors';
import { withWebGPU } from '../core/leftOut';
import type { Equation, Program, Var } from '../core/program';
import { ruleOf, type BareKernel, type Named } from '../core/rule';
import { deviceOf, type Device } from './device';
import { keptValues, scriptRunner } from './script';
import { compiledFor, GRAPH, graphRunner } from './tensorflow';
import { VIEWS } from './views';
import { wasmLoop } from './wasm';
import { runnerOnWebGPU } from './webgpu';
import { REGION, regionRunner } from './workspace';

/** One kernel call, with everything prepared that does not change between calls. */
interface Step {
  readonly run: (call: Call) => TensorInfo | TensorInfo[];
  /** In place of a call: the output is this value's data in another shape. */
  readonly view: { readonly source: number; readonly shape: number[]; readonly dtype: DataType } | null;
  readonly call: Call;
  /** Inputs that change: where each goes in the call's inputs, and from which slot. */
  readonly names: readonly (string | number)[];
  readonly slots: readonly number[];
  readonly outputs: readonly number[];
  /** Slots whose data nothing reads any more. */
  readonly free: readonly number[];
}

interface Call {
  readonly inputs: Record<string | number, TensorInfo>;
  readonly attrs: object;
  backend: object;
}

/** A program bound to a backend: bare kernels in order, each value's data freed after its last use. */
export function compile(program: Program, backendName: string): BareKernel {
  const device = deviceOf(backendName);
  return compiledFor(program, device, (whole) => stepsOf(whole, device));
}

function stepsOf(program: Program, device: Device): BareKernel {
  const isView = ({ kernel, inputs }: Equation): boolean =>
    device.shapeIsFree && VIEWS.has(kernel) && inputs[0]![1].dtype !== 'complex64';
  const slots = new Map<Var, number>();
  const slot = (v: Var): number => {
    let s = slots.get(v);
    if (s === undefined) slots.set(v, (s = slots.size));
    return s;
  };
  const inputSlots = program.inputs.map(slot);
  const values: TensorInfo[] = [];
  const variables: (readonly [slot: number, variable: Variable])[] = [];
  const fixed = new Map<Var, TensorInfo>();
  for (const [v, tensor] of program.constants) {
    if (tensor instanceof Variable) variables.push([slot(v), tensor]);
    else
      fixed.set(v, (values[slot(v)] = { dataId: tensor.dataId, shape: tensor.shape, dtype: tensor.dtype }));
  }
  const { freed, results } = ownership(program, isView);
  const kept =
    device.name === 'cpu'
      ? keptValues(program, isView, (equation) => scriptRunner(equation, NONE) !== undefined)
      : NONE;
  const steps = program.equations.map((equation, i): Step => {
    const { list, attrs } = equation;
    const inputs = (list ? [] : {}) as Call['inputs'];
    const moving: [string | number, number][] = [];
    equation.inputs.forEach(([name, v], k) => {
      const key = list ? k : name;
      const constant = fixed.get(v);
      if (constant) inputs[key] = constant;
      else {
        // Named in order now, so that the object never changes its form.
        inputs[key] = NOTHING;
        moving.push([key, slot(v)]);
      }
    });
    const [output] = equation.outputs;
    return {
      run: runnerOf(equation, device, kept),
      view: isView(equation)
        ? {
            source: slot(equation.inputs[0]![1]),
            shape: output!.shape as number[],
            dtype: output!.dtype,
          }
        : null,
      call: { inputs, attrs, backend: NOTHING },
      names: moving.map(([name]) => name),
      slots: moving.map(([, s]) => s),
      outputs: equation.outputs.map(slot),
      free: freed[i]!.map(slot),
    };
  });
  const given = results.map(({ variable, isFresh }) => ({ slot: slot(variable), isFresh }));
  let bound: object | undefined;

  return (args) => {
    const { backend } = device;
    if (backend !== bound) {
      for (const step of steps) step.call.backend = backend;
      bound = backend;
    }
    for (let i = 0; i < inputSlots.length; i++) values[inputSlots[i]!] = args[i]!;
    for (const [s, variable] of variables) values[s] = variable;
    let at = 0;
    try {
      for (; at < steps.length; at++) {
        const { run, view, call, names, slots: from, outputs, free } = steps[at]!;
        if (view) {
          const { dataId } = values[view.source]!;
          values[outputs[0]!] = { dataId, shape: view.shape, dtype: view.dtype };
        } else {
          const { inputs } = call;
          for (let k = 0; k < from.length; k++) inputs[names[k]!] = values[from[k]!]!;
          const result = run(call);
          if (Array.isArray(result)) {
            for (let k = 0; k < outputs.length; k++) values[outputs[k]!] = result[k]!;
          } else values[outputs[0]!] = result;
        }
        for (let k = 0; k < free.length; k++) backend.disposeData(values[free[k]!]!.dataId);
      }
    } catch (error) {
      // What is alive now: made before, and not yet freed.
      const alive = new Set<number>();
      for (const { view, outputs, free } of steps.slice(0, at)) {
        if (!view) for (const s of outputs) alive.add(s);
        for (const s of free) alive.delete(s);
      }
      for (const s of alive) backend.disposeData(values[s]!.dataId);
      const { kernel } = program.equations[at]!;
      throw ruleOf(kernel)?.bind || kernel === REGION || kernel === GRAPH
        ? error
        : explained(error, kernel, steps[at]!.call.inputs as Named<Tensor>);
    }
    const outputs = new Array<TensorInfo>(given.length);
    for (let i = 0; i < given.length; i++) {
      const info = values[given[i]!.slot]!;
      outputs[i] = given[i]!.isFresh ? info : device.share(info);
    }
    return outputs;
  };
}

const NOTHING: TensorInfo = { dataId: {}, shape: [], dtype: 'float32' };

const NONE: ReadonlySet<Var> = new Set();

function runnerOf(
  equation: Equation,
  device: Device,
  kept: ReadonlySet<Var>,
): (call: Call) => TensorInfo | TensorInfo[] {
  const script = device.name === 'cpu' ? scriptRunner(equation, kept) : undefined;
  if (script) return script;
  if (device.name === 'wasm' && equation.kernel === 'TractLoop') return wasmLoop(equation);
  const shaders = withWebGPU && device.name === 'webgpu' ? runnerOnWebGPU(equation) : undefined;
  if (shaders) return shaders;
  const graph = graphRunner(equation, (calls) => compile(calls, device.name));
  if (graph) return graph;
  if (equation.kernel === REGION) return regionRunner(equation, device);
  const { kernel, attrs } = equation;
  const bound = ruleOf(kernel)?.bind?.(attrs, device.name);
  if (bound) return ({ inputs }) => bound(inputs as unknown as TensorInfo[]);
  return device.kernel(kernel);
}

/**
 * Who disposes what. Data is known by the value that made it; changes of shape share it.
 *
 * @returns for each equation the values whose data nothing reads after it, and for each result whether it gives that data away
 */
function ownership(
  { equations, outputs }: Program,
  isView: (equation: Equation) => boolean,
): { freed: Var[][]; results: { variable: Var; isFresh: boolean }[] } {
  const roots = new Map<Var, Var>();
  const root = (v: Var): Var => roots.get(v) ?? v;
  const last = new Map<Var, number>();
  equations.forEach((equation, i) => {
    for (const [, v] of equation.inputs) if (last.has(root(v))) last.set(root(v), i);
    if (isView(equation)) roots.set(equation.outputs[0]!, root(equation.inputs[0]![1]));
    else for (const v of equation.outputs) last.set(v, i);
  });
  const given = new Set<Var>();
  const results = outputs.map((variable) => {
    const data = root(variable);
    const isFresh = last.has(data) && !given.has(data);
    given.add(data);
    return { variable, isFresh };
  });
  const freed: Var[][] = equations.map(() => []);
  for (const [v, i] of last) if (!given.has(v)) freed[i]!.push(v);
  return { freed, results };
}
