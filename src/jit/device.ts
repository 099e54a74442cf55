import type { KernelBackend, TensorInfo } from '@tensorflow/tfjs-core';
import { lacking } from '../core/backendErrors';
import { engine } from '../core/engine';
import { findKernel } from '../core/ownKernels';
import { isPackedOtherwise } from '../core/packedOperand';
import { onDescriptions } from './nativeTensors';

export type KernelFunc = (call: {
  inputs: unknown;
  attrs: object;
  backend: object;
}) => TensorInfo | TensorInfo[];

/** Backends on which a reshape is a matter of the shape alone. In the others' textures and native tensors it is not. */
const SHAPE_IS_FREE = new Set(['cpu', 'wasm', 'webgpu']);

/** Backends whose kernels return tensors that the engine counts. */
const GIVES_TENSORS = new Set(['tensorflow']);

/** Kernels that do so on a backend whose others don't. */
const GIVE_TENSORS: Record<string, ReadonlySet<string>> = { cpu: new Set(['Abs', 'ComplexAbs']) };

/** Kernels whose right operand wasm keeps packed. */
const PACKS_RIGHT_OPERAND = new Set(['BatchMatMul', '_FusedMatMul']);

/** A backend that counts who holds data. */
interface CountingBackend {
  incRef(dataId: object): void;
}

/** What the replay of programs needs of a backend, on tensors without the engine's bookkeeping. */
export class Device {
  readonly shapeIsFree: boolean;
  readonly givesTensors: boolean;

  constructor(readonly name: string) {
    this.shapeIsFree = SHAPE_IS_FREE.has(name);
    this.givesTensors = GIVES_TENSORS.has(name);
  }

  get backend(): KernelBackend {
    return engine().backend as KernelBackend;
  }

  kernel(kernelName: string): KernelFunc {
    const found = findKernel(kernelName, this.name);
    if (!found) throw lacking(kernelName, this.name);
    const run = found.kernelFunc as unknown as KernelFunc;
    if (this.givesTensors || GIVE_TENSORS[this.name]?.has(kernelName)) return onDescriptions(run);
    return this.name === 'wasm' && PACKS_RIGHT_OPERAND.has(kernelName) ? this.repacking(run) : run;
  }

  /** See packedOperand.ts. */
  private repacking(run: KernelFunc): KernelFunc {
    return (call) => {
      const { b } = call.inputs as Record<string, TensorInfo>;
      if (!isPackedOtherwise(b!)) return run(call);
      const copy = this.run('Identity', { x: b! }, {});
      const result = run({ ...call, inputs: { ...(call.inputs as object), b: copy } });
      this.dispose([copy]);
      return result;
    };
  }

  run(kernelName: string, inputs: Record<string, TensorInfo> | TensorInfo[], attrs: object): TensorInfo {
    return this.kernel(kernelName)({ inputs, attrs, backend: this.backend }) as TensorInfo;
  }

  /** The same data once more, to be disposed by itself. (wasm's Identity copies it.) */
  share(info: TensorInfo): TensorInfo {
    const { dataId, shape, dtype } = info;
    if (!this.shapeIsFree || dtype === 'complex64') return this.run('Identity', { x: info }, {});
    (this.backend as unknown as CountingBackend).incRef(dataId);
    return { dataId, shape, dtype };
  }

  dispose(infos: readonly TensorInfo[]): void {
    const { backend } = this;
    for (const { dataId } of infos) backend.disposeData(dataId);
  }

  /** The first value of a tensor. */
  read({ dataId }: TensorInfo): number {
    return (this.backend.readSync(dataId) as ArrayLike<number>)[0]!;
  }

  /** The tensor in another shape, in place of itself. */
  reshaped(x: TensorInfo, shape: number[]): TensorInfo {
    if (this.shapeIsFree) return { dataId: x.dataId, shape, dtype: x.dtype };
    const y = this.run('Reshape', { x }, { shape });
    this.dispose([x]);
    return y;
  }
}

const devices = new Map<string, Device>();

export function deviceOf(backendName: string): Device {
  let device = devices.get(backendName);
  if (!device) devices.set(backendName, (device = new Device(backendName)));
  return device;
}

/** A backend whose values can be read without waiting. */
export function readsAtOnce(backendName: string): boolean {
  return backendName !== 'webgpu';
}
