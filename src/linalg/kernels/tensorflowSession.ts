import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Handle, NodeBackend } from '../../core/nodeBackend';

// TensorFlow's DT_DOUBLE, which tfjs-node does not name, and DT_INT32.
export const DOUBLE = 2;
export const INT32 = 3;

/** TensorFlow's ops on values in float64, which tfjs has no type for. All handles made are freed at the end, except those handed out. */
export class Session {
  private readonly made = new Map<number, Handle>();

  constructor(private readonly backend: NodeBackend) {}

  /** The input in float64. */
  double(input: TensorInfo): number {
    const [id] = this.backend.getInputTensorIds([input]) as [number];
    return this.cast(id, this.backend.binding.TF_FLOAT, DOUBLE);
  }

  /** The sum of two or more values in float64, absent ones left out. */
  total(first: number, ...others: (number | undefined)[]): number {
    return others.reduce<number>((sum, id) => (id === undefined ? sum : this.op('AddV2', [sum, id])), first);
  }

  integers(values: readonly number[], shape: number[] = [values.length]): number {
    const id = this.backend.binding.createTensor(shape, INT32, Int32Array.from(values));
    this.made.set(id, { id, shape, dtype: INT32 });
    return id;
  }

  /** A whole number in float64. */
  number(value: number): number {
    return this.cast(this.integers([value], []), INT32, DOUBLE);
  }

  op(name: string, ids: number[], attrs: Record<string, boolean | number> = {}): number {
    return this.execute(name, ids, { T: DOUBLE, ...attrs }, 1)[0]!.id;
  }

  execute(name: string, ids: number[], attrs: Record<string, boolean | number>, outputs: number): Handle[] {
    const { binding } = this.backend;
    const opAttrs = Object.entries(attrs).map(([attr, value]) => ({
      name: attr,
      type: typeof value === 'boolean' ? binding.TF_ATTR_BOOL : binding.TF_ATTR_TYPE,
      value,
    }));
    const handles = binding.executeOp(name, opAttrs, ids, outputs);
    for (const handle of handles) this.made.set(handle.id, handle);
    return handles;
  }

  /** The value rounded to float32, as the output of a kernel. */
  single(id: number): TensorInfo {
    return this.handOut(this.made.get(this.cast(id, DOUBLE, this.backend.binding.TF_FLOAT))!);
  }

  /** The value as a float32 and what is left of it, as another. */
  pair(id: number): TensorInfo[] {
    const { TF_FLOAT } = this.backend.binding;
    const high = this.cast(id, DOUBLE, TF_FLOAT);
    const low = this.op('Sub', [id, this.cast(high, TF_FLOAT, DOUBLE)]);
    return [high, this.cast(low, DOUBLE, TF_FLOAT)].map((part) => this.handOut(this.made.get(part)!));
  }

  handOut(handle: Handle): TensorInfo {
    this.made.delete(handle.id);
    return this.backend.createOutputTensor(handle);
  }

  end(): void {
    for (const id of this.made.keys()) this.backend.binding.deleteTensor(id);
    this.made.clear();
  }

  private cast(id: number, from: number, to: number): number {
    return this.execute('Cast', [id], { SrcT: from, DstT: to, Truncate: false }, 1)[0]!.id;
  }
}
