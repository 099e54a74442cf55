import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Equation } from '../../core/program';
import { assemble, set } from '../../wasm/assembler';
import { addressOf, allocate, memoryOf } from '../../wasm/memory';
import { floats } from '../../wasm/vector';
import { planOf, type Loop, type LoopPlan } from '../elementwise';
import { assembleLoop } from './module';

type Run = (...addressesAndSizes: number[]) => void;

/** A loop on the wasm backend's tensors where they are. */
export function wasmLoop(
  equation: Equation,
): (call: { inputs: Record<string | number, TensorInfo>; backend: object }) => TensorInfo[] {
  const plan = planOf(equation);
  const { shape } = equation.attrs.loop as Loop;
  const types = equation.outputs.map(({ dtype }) => dtype);
  const inputCount = equation.inputs.length;
  const args = [
    ...new Array<number>(inputCount + types.length).fill(0),
    ...(plan.sizes.length > 0 ? plan.sizes : [1]),
  ];
  let bound: object | undefined;
  let run: Run;
  return ({ inputs, backend }) => {
    if (backend !== bound) {
      run = instanceOf(plan, memoryOf(backend)!);
      bound = backend;
    }
    for (let i = 0; i < inputCount; i++) args[i] = addressOf(backend, inputs[i]!);
    const outputs = new Array<TensorInfo>(types.length);
    for (let i = 0; i < types.length; i++) {
      const output = allocate(backend, shape, types[i]!);
      args[inputCount + i] = addressOf(backend, output);
      outputs[i] = output;
    }
    run(...args);
    return outputs;
  };
}

const modules = new Map<string, WebAssembly.Module>();
const instances = new WeakMap<WebAssembly.Memory, Map<string, Run>>();

function instanceOf(plan: LoopPlan, memory: WebAssembly.Memory): Run {
  const bytes = assembleLoop(plan);
  const key = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  let known = instances.get(memory);
  if (!known) instances.set(memory, (known = new Map()));
  let run = known.get(key);
  if (!run) {
    let module = modules.get(key);
    if (!module) modules.set(key, (module = new WebAssembly.Module(bytes)));
    run = new WebAssembly.Instance(module, { host: { memory } }).exports.run as Run;
    known.set(key, run);
  }
  return run;
}

const supported = new WeakMap<object, boolean>();

/**
 * Whether modules can be made here that work in the backend's memory. Threads, missing SIMD and content security policies forbid it, and
 * Chrome before version 114 compiles no more than 4 KiB at once on a page.
 */
export function canAssemble(backend: object): boolean {
  let found = supported.get(backend);
  if (found === undefined) supported.set(backend, (found = memoryOf(backend) !== undefined && compiles()));
  return found;
}

/** More than any loop comes to. */
const room = 2 ** 16;

function compiles(): boolean {
  try {
    const body = [...new Array<number>(room).fill(0x01), ...set(0, floats(0))];
    new WebAssembly.Module(assemble([{ name: 'run', parameters: 0, integers: 0, pairs: 1, body }]));
    return true;
  } catch {
    return false;
  }
}
