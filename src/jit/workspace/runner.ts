import type { KernelBackend, Tensor, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import { explained } from '../../core/backendErrors';
import type { Equation, Var } from '../../core/program';
import type { Named } from '../../core/rule';
import { callsOf, inOne, type Call } from '../../wasm/calls';
import { withWorkspace, type Place, type Workspace } from '../../wasm/workspace';
import type { Device } from '../device';
import { scriptRunner, smallValues } from '../script';
import { isAssembled, wasmLoop } from '../wasm';
import { layoutOf, type Layout } from './layout';
import { inPlaceOf, isView, type Region } from './region';

/** Inputs as a kernel takes them. */
type Given = Record<string | number, TensorInfo>;

/** Runs a region: its inputs are copied to the workspace, and its outputs from there. */
export function regionRunner(
  equation: Equation,
  device: Device,
): (call: { inputs: Given; backend: object }) => TensorInfo[] {
  const layout = layoutOf(equation);
  let bound: BoundRegion | undefined;
  return ({ inputs, backend }) =>
    withWorkspace((space) => {
      if (bound?.space !== space || bound.backend !== backend)
        bound = new BoundRegion(equation, device, layout, space, backend as KernelBackend);
      return bound.run(inputs);
    });
}

/** A value in the workspace, and the array of it until the memory grows. */
interface Held extends TensorInfo {
  readonly dataId: Place;
  values: TypedArray | undefined;
}

/** More calls than these are worth more than the ways to them. */
const FEW_CALLS = 32;

/** A region with all that does not change from one run in a workspace to the next. */
class BoundRegion {
  private readonly held = new Map<Var, Held>();
  private readonly inputs: readonly Held[];
  private readonly steps: (() => void)[] = [];
  private readonly outputs: readonly Held[];
  private buffer: ArrayBufferLike | undefined;

  constructor(
    { inputs, outputs, attrs }: Equation,
    private readonly device: Device,
    private readonly layout: Layout,
    readonly space: Workspace,
    readonly backend: KernelBackend,
  ) {
    this.inputs = inputs.map(([, v]) => this.heldOf(v));
    this.outputs = outputs.map((v) => this.heldOf(v));
    const { calls } = attrs.region as Region;
    let waiting: Call[] = [];
    const flush = (): void => {
      if (waiting.length > 0) this.steps.push(inOne(waiting));
      waiting = [];
    };
    space.begin(layout.bytes);
    for (const call of calls) {
      if (isView(call)) continue;
      const { run, isFixed } = this.stepOf(call);
      const few = isFixed ? callsOf(run) : [];
      if (few.length > 0 && few.length <= FEW_CALLS) waiting.push(...few);
      else {
        flush();
        this.steps.push(run);
      }
    }
    flush();
  }

  run(given: Given): TensorInfo[] {
    const { inputs, outputs, steps, backend } = this;
    this.space.begin(this.layout.bytes);
    this.renew();
    for (let i = 0; i < inputs.length; i++)
      this.valuesOf(inputs[i]!).set(backend.readSync(given[i]!.dataId) as Float32Array);
    for (let i = 0; i < steps.length; i++) steps[i]!();
    this.renew();
    const results = new Array<TensorInfo>(outputs.length);
    for (let i = 0; i < outputs.length; i++) {
      const { shape, dtype } = outputs[i]!;
      const values = this.valuesOf(outputs[i]!).slice();
      results[i] = { dataId: backend.write(values, shape, dtype), shape, dtype };
    }
    return results;
  }

  /** A call, and whether all that it does is calls of WebAssembly that are the same at each run. */
  private stepOf(call: Equation): { run: () => void; isFixed: boolean } {
    const { kernel, attrs, list } = call;
    const inputs = call.inputs.map(([, v]) => this.heldOf(v));
    const outputs = call.outputs.map((v) => this.heldOf(v));
    const named = (infos: readonly TensorInfo[]): Given =>
      Object.fromEntries(infos.map((info, i) => [list ? i : call.inputs[i]![0], info]));
    const given = named(inputs);
    const store = (results: TensorInfo | TensorInfo[], read: (dataId: object) => unknown): void => {
      this.renew();
      [results]
        .flat()
        .forEach(({ dataId }, k) => this.valuesOf(outputs[k]!).set(read(dataId) as Float32Array));
    };

    const { space, backend } = this;
    const { bytes } = this.layout;
    const places = outputs.map(({ dataId }) => dataId.memoryOffset);
    const inSpace = (compute: () => unknown, isFixed: boolean) => ({
      run: () => {
        space.place(places, bytes);
        compute();
      },
      isFixed,
    });
    if (isAssembled(call)) {
      const run = wasmLoop(call);
      return inSpace(() => run({ inputs: given, backend: space }), true);
    }
    const form = inPlaceOf(call);
    if (form)
      return inSpace(() => form.compute(given as Named<TensorInfo>, attrs, space), form.isFixed ?? false);
    const script = scriptRunner(call, smallValues(call));
    if (script) {
      const host = {
        readSync: (dataId: object) => this.valuesOf(dataId as Held),
        write: (values: object) => values,
      };
      const given = named(inputs.map((held) => ({ ...held, dataId: held })));
      return {
        run: () => {
          this.renew();
          store(script({ inputs: given, backend: host }), (values) => values);
        },
        isFixed: false,
      };
    }
    const compute = this.device.kernel(kernel);
    const run = (): void => {
      this.renew();
      const owned = inputs.map((info) => ({
        ...info,
        dataId: backend.write(this.valuesOf(info), info.shape, info.dtype),
      }));
      try {
        const results = compute({ inputs: list ? owned : named(owned), attrs, backend });
        store(results, (dataId) => backend.readSync(dataId));
        this.device.dispose([results].flat());
      } catch (error) {
        throw explained(error, kernel, named(owned) as Record<string, Tensor>);
      } finally {
        this.device.dispose(owned);
      }
    };
    return { run, isFixed: false };
  }

  private heldOf(v: Var): Held {
    let held = this.held.get(v);
    if (!held) {
      const dataId: Place = { memoryOffset: this.layout.addresses.get(v)! };
      this.held.set(v, (held = { dataId, shape: v.shape as number[], dtype: v.dtype, values: undefined }));
    }
    return held;
  }

  /** Forgets the arrays if the memory has grown. */
  private renew(): void {
    const { buffer } = this.space.memory;
    if (buffer === this.buffer) return;
    this.buffer = buffer;
    for (const held of this.held.values()) held.values = undefined;
  }

  private valuesOf(held: Held): TypedArray {
    return (held.values ??= this.space.view(held.dataId, held.shape, held.dtype));
  }
}
