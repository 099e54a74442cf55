import { backend as tfBackend, getKernel, type Tensor } from '@tensorflow/tfjs-core';
import { engine } from '../core/engine';
import type { Equation, Program, Var } from '../core/program';

/** What kernels take and give: a tensor without the engine's bookkeeping. */
interface TensorInfo {
  dataId: object;
  shape: number[];
  dtype: string;
}

type Kernel = (call: { inputs: unknown; attrs: object; backend: unknown }) => TensorInfo | TensorInfo[];

/** A program bound to a backend: bare kernels in order, each value freed after its last use. */
export function compile(program: Program, backendName: string): (given: readonly Tensor[]) => Tensor[] {
  const { inputs, constants, equations, outputs } = program;
  const slots = new Map<Var, number>();
  const slot = (v: Var): number => {
    let s = slots.get(v);
    if (s === undefined) slots.set(v, (s = slots.size));
    return s;
  };
  const inputSlots = inputs.map(slot);
  const constantSlots = [...constants.keys()].map((v) => [slot(v), constants.get(v)!] as const);
  const freed = lastUses(program);
  const steps = equations.map((equation, i) => ({
    run: kernelOf(equation, backendName),
    attrs: equation.attrs,
    list: equation.list,
    names: equation.inputs.map(([name]) => name),
    args: equation.inputs.map(([, v]) => slot(v)),
    outs: equation.outputs.map(slot),
    free: freed[i]!.map(slot),
  }));
  const own = new Set(equations.flatMap((e) => e.outputs));
  const results = outputs.map((v, i) => ({ slot: slot(v), fresh: own.has(v) && outputs.indexOf(v) === i }));

  return (given) => {
    const eng = engine();
    const backend = tfBackend() as unknown as { disposeData(id: object): boolean };
    const values = new Array<TensorInfo>(slots.size);
    for (const [s, t] of constantSlots) values[s] = t;
    inputSlots.forEach((s, i) => (values[s] = given[i]!));
    for (const { run, attrs, list, names, args, outs, free } of steps) {
      let ins: unknown;
      if (list) ins = args.map((s) => values[s]);
      else {
        const named: Record<string, TensorInfo> = {};
        for (let k = 0; k < names.length; k++) named[names[k]!] = values[args[k]!]!;
        ins = named;
      }
      const result = run({ inputs: ins, attrs, backend });
      if (Array.isArray(result)) for (let k = 0; k < outs.length; k++) values[outs[k]!] = result[k]!;
      else values[outs[0]!] = result;
      for (const s of free) {
        backend.disposeData(values[s]!.dataId);
      }
    }
    const made = results.map(({ slot: s, fresh }) =>
      fresh ? eng.makeTensorFromTensorInfo(values[s]!) : null,
    );
    return made.map((t, i) => t ?? sharing(values[results[i]!.slot]!));
  };
}

/** Another tensor of the same data. */
function sharing({ dataId, shape, dtype }: TensorInfo): Tensor {
  const eng = engine();
  return eng.runKernel('Identity', { x: { dataId, shape, dtype } as unknown as Tensor }) as Tensor;
}

function kernelOf({ kernel }: Equation, backendName: string): Kernel {
  const found = getKernel(kernel, backendName);
  if (!found) throw new Error(`jit: kernel ${kernel} is not registered for backend ${backendName}.`);
  return found.kernelFunc as unknown as Kernel;
}

/** For each equation the values that nothing reads after it. Inputs, constants and results are not ours to free. */
function lastUses({ equations, outputs }: Program): Var[][] {
  const kept = new Set(outputs);
  const last = new Map<Var, number>();
  equations.forEach((equation, i) => {
    for (const v of equation.outputs) last.set(v, i);
    for (const [, v] of equation.inputs) if (last.has(v)) last.set(v, i);
  });
  const freed: Var[][] = equations.map(() => []);
  for (const [v, i] of last) if (!kept.has(v)) freed[i]!.push(v);
  return freed;
}
