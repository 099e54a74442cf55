import type { KernelBackend, Tensor, TensorInfo, TypedArray } from '@tensorflow/tfjs-core';
import { explained } from '../../core/backendErrors';
import type { Equation, Var } from '../../core/program';
import type { Named } from '../../core/rule';
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

/** A region with all that does not change from one run in a workspace to the next. */
class BoundRegion {
  private readonly infos = new Map<Var, TensorInfo>();
  private readonly inputs: readonly TensorInfo[];
  private readonly steps: readonly (() => void)[];
  private readonly outputs: readonly TensorInfo[];
  private views = new WeakMap<TensorInfo, TypedArray>();
  private buffer: ArrayBufferLike | undefined;

  constructor(
    { inputs, outputs, attrs }: Equation,
    private readonly device: Device,
    private readonly layout: Layout,
    readonly space: Workspace,
    readonly backend: KernelBackend,
  ) {
    this.inputs = inputs.map(([, v]) => this.infoOf(v));
    this.outputs = outputs.map((v) => this.infoOf(v));
    const { calls } = attrs.region as Region;
    this.steps = calls.filter((call) => !isView(call)).map((call) => this.stepOf(call));
  }

  run(given: Given): TensorInfo[] {
    const { inputs, outputs, steps, backend } = this;
    this.space.begin(this.layout.bytes);
    for (let i = 0; i < inputs.length; i++)
      this.viewOf(inputs[i]!).set(backend.readSync(given[i]!.dataId) as Float32Array);
    for (let i = 0; i < steps.length; i++) steps[i]!();
    return outputs.map((info) => {
      const { shape, dtype } = info;
      return { dataId: backend.write(this.viewOf(info).slice(), shape, dtype), shape, dtype };
    });
  }

  private stepOf(call: Equation): () => void {
    const { kernel, attrs, list } = call;
    const inputs = call.inputs.map(([, v]) => this.infoOf(v));
    const outputs = call.outputs.map((v) => this.infoOf(v));
    const named = (infos: readonly TensorInfo[]): Given =>
      Object.fromEntries(infos.map((info, i) => [list ? i : call.inputs[i]![0], info]));
    const given = named(inputs);
    const store = (results: TensorInfo | TensorInfo[], read: (dataId: object) => unknown): void =>
      [results].flat().forEach(({ dataId }, k) => this.viewOf(outputs[k]!).set(read(dataId) as Float32Array));

    const { space, backend } = this;
    const { bytes } = this.layout;
    const places = outputs.map(({ dataId }) => (dataId as Place).memoryOffset);
    if (isAssembled(call)) {
      const run = wasmLoop(call);
      return () => {
        space.place(places, bytes);
        run({ inputs: given, backend: space });
      };
    }
    const compute = inPlaceOf(call);
    if (compute)
      return () => {
        space.place(places, bytes);
        compute(given as Named<TensorInfo>, attrs, space);
      };
    const script = scriptRunner(call, smallValues(call));
    if (script) {
      const host = {
        readSync: (dataId: object) => this.viewOf(dataId as TensorInfo),
        write: (values: object) => values,
      };
      const given = named(inputs.map((info) => ({ ...info, dataId: info })));
      return () => store(script({ inputs: given, backend: host }), (values) => values);
    }
    const run = this.device.kernel(kernel);
    return () => {
      const owned = inputs.map((info) => ({
        ...info,
        dataId: backend.write(this.viewOf(info), info.shape, info.dtype),
      }));
      try {
        const results = run({ inputs: list ? owned : named(owned), attrs, backend });
        store(results, (dataId) => backend.readSync(dataId));
        this.device.dispose([results].flat());
      } catch (error) {
        throw explained(error, kernel, named(owned) as Record<string, Tensor>);
      } finally {
        this.device.dispose(owned);
      }
    };
  }

  private infoOf(v: Var): TensorInfo {
    let info = this.infos.get(v);
    if (!info) {
      const place: Place = { memoryOffset: this.layout.addresses.get(v)! };
      this.infos.set(v, (info = { dataId: place, shape: v.shape as number[], dtype: v.dtype }));
    }
    return info;
  }

  /** The values as an array, until the memory grows. */
  private viewOf(info: TensorInfo): TypedArray {
    const { buffer } = this.space.memory;
    if (buffer !== this.buffer) {
      this.views = new WeakMap();
      this.buffer = buffer;
    }
    let view = this.views.get(info);
    if (!view) {
      const { dataId, shape, dtype } = info;
      this.views.set(info, (view = this.space.view(dataId as Place, shape, dtype)));
    }
    return view;
  }
}
