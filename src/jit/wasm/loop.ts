import type { DataType, TensorInfo } from '@tensorflow/tfjs-core';
import type { Equation } from '../../core/program';
import { assemble, set } from '../../wasm/assembler';
import { invoke } from '../../wasm/calls';
import { addressOf, allocate, memoryOf } from '../../wasm/memory';
import { importing } from '../../wasm/module';
import { floats } from '../../wasm/vector';
import { isElementwise, planOf, type Loop, type LoopCall, type LoopPlan } from '../elementwise';
import { assembleLoop } from './module';
import { hasPrimitive } from './primitives';

type Run = (...addressesAndSizes: number[]) => void;

/** A loop on the wasm backend's tensors where they are. */
export function wasmLoop(
  equation: Equation,
): (call: { inputs: Record<string | number, TensorInfo>; backend: object }) => TensorInfo[] {
  const plan = planOf(equation);
  const { shape } = equation.attrs.loop as Loop;
  const run = loopCall(
    plan,
    equation.outputs.map(({ dtype }) => dtype),
  );
  return ({ inputs, backend }) => run(backend, inputs as never, shape, plan.sizes);
}

/** A loop of any sizes whose outputs are of these types. */
export function loopCall(plan: LoopPlan, types: readonly DataType[]): LoopCall {
  const inputCount = plan.inputs.filter(({ value }) => value === undefined).length;
  const args = new Array<number>(inputCount + types.length + Math.max(plan.sizes.length, 1)).fill(1);
  let bound: object | undefined;
  let run: Run;
  return (backend, inputs, shape, sizes) => {
    if (backend !== bound) {
      run = instanceOf(plan, memoryOf(backend)!);
      bound = backend;
    }
    for (let i = 0; i < inputCount; i++) {
      const input = inputs[i]!;
      args[i] = typeof input === 'number' ? bitsOf(input) : addressOf(backend, input);
    }
    const outputs = new Array<TensorInfo>(types.length);
    for (let i = 0; i < types.length; i++) {
      const output = allocate(backend, shape, types[i]!);
      args[inputCount + i] = addressOf(backend, output);
      outputs[i] = output;
    }
    for (let axis = 0; axis < sizes.length; axis++) args[inputCount + types.length + axis] = sizes[axis]!;
    invoke(run, args);
    return outputs;
  };
}

const float = new Float32Array(1);
const integer = new Int32Array(float.buffer);

/** Of a number as a float32. */
function bitsOf(value: number): number {
  float[0] = value;
  return integer[0]!;
}

const modules = new Map<string, WebAssembly.Module>();
const instances = new WeakMap<WebAssembly.Memory, Map<string, Run>>();

function instanceOf(plan: LoopPlan, memory: WebAssembly.Memory): Run {
  const bytes = importing(memory, assembleLoop(plan));
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

/** Whether a call is a loop that can be made of WebAssembly's instructions. */
export function isAssembled({ kernel, attrs }: Equation): boolean {
  return (
    kernel === 'TractLoop' && (attrs.loop as Loop).calls.every((call) => isElementwise(call, hasPrimitive))
  );
}

/** Whether loops can work in the backend's memory. */
export const canAssemble = (backend: object): boolean => memoryOf(backend) !== undefined && compilesLoops();

/** More than any loop comes to. */
const room = 2 ** 16;

/**
 * Whether modules as large as loops can be compiled here. Missing SIMD and content security policies forbid it, and Chrome before version
 * 114 compiles no more than 4 KiB at once on a page.
 */
export function compilesLoops(): boolean {
  if (compiles === undefined) {
    try {
      const body = [...new Array<number>(room).fill(0x01), ...set(0, floats(0))];
      new WebAssembly.Module(assemble([{ name: 'run', parameters: 0, integers: 0, pairs: 1, body }]));
      compiles = true;
    } catch {
      compiles = false;
    }
  }
  return compiles;
}
let compiles: boolean | undefined;
