import { util, type KernelBackend, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { intercepted } from '../core/dispatch';
import { engine } from '../core/engine';
import { computesOnHost } from '../core/hostValues';
import { withWebGPU } from '../core/leftOut';
import { callsOf, transposed, type Elementwise, type OnePassAttrs } from '../core/onePass';
import { provideKernel } from '../core/ownKernels';
import { ruleOf } from '../core/rule';
import { capture } from './capture';
import { planOf, type Loop, type LoopCall } from './elementwise';
import { aliases, commonSubexpressions, constantFolding, deadCode, loops, type LoopTarget } from './passes';
import * as script from './script';
import * as wasm from './wasm';
import * as webgpu from './webgpu';

/*
 * The primitive 'TractOnePass' (core/onePass.ts) as a kernel: a loop generated from what its function does, as jit makes one. The loop is made once
 * for all shapes and all values of scalars, and holds no tensor.
 */

type Operand = TensorInfo | number;

/** A function as one loop: over which operands, of any shape. */
interface Compiled {
  readonly run: LoopCall;
  readonly order: readonly number[];
}

interface Target {
  readonly loops: LoopTarget;
  readonly loopCall: typeof script.loopCall;
}

/** What loops are made of on a backend, and how; undefined where none can be. */
const TARGETS: Record<string, (() => Target | undefined) | undefined> = {
  cpu: () => (script.canGenerate() ? { loops: {}, loopCall: script.loopCall } : undefined),
  wasm: () =>
    wasm.canAssemble(engine().backend) ? { loops: wasm.wasmLoops, loopCall: wasm.loopCall } : undefined,
  webgpu: withWebGPU ? () => ({ loops: webgpu.webgpuLoops(), loopCall: webgpu.loopCall }) : undefined,
};

const compiled = new WeakMap<Elementwise, Map<string, Compiled | undefined>>();

/** The function as one loop on these operands; none where they, or the backend, need it as it is written. */
function loopFor(
  { f }: OnePassAttrs,
  backendName: string,
  shape: readonly number[],
  operands: readonly Operand[],
): Compiled | undefined {
  let kinds = '';
  for (const operand of operands) {
    const kind = kindOf(operand, shape);
    if (!kind) return undefined;
    kinds += kind;
  }
  let known = compiled.get(f);
  if (!known) compiled.set(f, (known = new Map()));
  const key = `${backendName} ${kinds}`;
  if (!known.has(key)) known.set(key, compile(f, backendName, kinds));
  return known.get(key);
}

/** l for a leaf, n for a number, f and i for scalars in tensors. */
function kindOf(operand: Operand, shape: readonly number[]): string | undefined {
  if (typeof operand === 'number') return 'n';
  const { dtype, shape: own } = operand;
  if (own.length === 0) return dtype === 'float32' ? 'f' : dtype === 'int32' ? 'i' : undefined;
  return dtype === 'float32' && util.arraysEqual(own, shape as number[]) ? 'l' : undefined;
}

function compile(f: Elementwise, backendName: string, kinds: string): Compiled | undefined {
  const target = TARGETS[backendName]!();
  if (!target) return undefined;
  const avals = Array.from(kinds, (kind) => ({
    shape: kind === 'l' ? [2] : [],
    dtype: kind === 'i' ? ('int32' as const) : ('float32' as const),
  }));
  const captured = capture('onePass', avals, (tracers) => f(...tracers));
  try {
    const simple = commonSubexpressions(constantFolding(aliases(captured.program)));
    // Numbers take no buffers, so that how many it needs is seen below.
    const joined = loops({ ...target.loops, buffers: Infinity })(simple);
    const { inputs, equations, outputs } = deadCode(joined);
    const [equation] = equations;
    const isWhole =
      equations.length === 1 &&
      equation!.kernel === 'TractLoop' &&
      outputs.every((v) => v.dtype === 'float32' && equation!.outputs.includes(v)) &&
      equation!.inputs.every(([, v]) => inputs.includes(v));
    if (!isWhole) return undefined;
    const order = equation!.inputs.map(([, v]) => inputs.indexOf(v));
    // Numbers last.
    order.sort((a, b) => Number(kinds[a] === 'n') - Number(kinds[b] === 'n') || a - b);
    const tensors = order.filter((k) => kinds[k] !== 'n');
    if (tensors.length + outputs.length > (target.loops.buffers ?? Infinity)) return undefined;
    const numbers = new Set(inputs.filter((_, i) => kinds[i] === 'n'));
    const loop: Loop = { ...(equation!.attrs.loop as Loop), numbers };
    const ordered = order.map((k) => [String(k), inputs[k]!] as const);
    const plan = planOf({ ...equation!, inputs: ordered, outputs, attrs: { loop } });
    const types = outputs.map(({ dtype }) => dtype);
    return { run: target.loopCall(plan, types), order };
  } finally {
    captured.dispose();
  }
}

/** Makes the primitive known to backends that have loops. */
export function provideOnePass(): void {
  provideKernel('TractOnePass', (backendName) =>
    TARGETS[backendName]
      ? ({ inputs, attrs, backend }) =>
          run(backendName, backend as object, inputs as unknown as Tensor[], attrs as unknown as OnePassAttrs)
      : undefined,
  );
}

function run(
  backendName: string,
  backend: object,
  inputs: readonly Tensor[],
  attrs: OnePassAttrs,
): TensorInfo[] {
  const asNumber = (value: Operand): Operand =>
    typeof value !== 'number' && value.shape.length === 0 && computesOnHost(backendName)
      ? ((backend as KernelBackend).readSync(value.dataId)[0]! as number)
      : value;
  const steps = callsOf<TensorInfo, Operand>(inputs, attrs, asNumber).map((call) => {
    const { shape } = call[0] as TensorInfo;
    const operands = shape.length === 0 ? call.map(asNumber) : call;
    return { shape, operands, loop: loopFor(attrs, backendName, shape, operands) };
  });
  if (!steps.every(({ loop }) => loop))
    return intercepted(() => ruleOf('TractOnePass')!.decompose!(inputs, { ...attrs })) as Tensor[];
  const results = steps.map(({ shape, operands, loop }) =>
    loop!.run(
      backend,
      loop!.order.map((k) => operands[k]!),
      shape,
      shape.length === 0 ? [] : [util.sizeFromShape(shape)],
    ),
  );
  return transposed(results);
}
