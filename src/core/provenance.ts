import { Variable, type Tensor } from '@tensorflow/tfjs-core';
import type { KernelInputs } from './engine';
import { watchMade } from './madeTensors';
import type { Attrs } from './rule';

/** Constants up to this size are named by their values. */
const SMALL = 64;

/**
 * Names for tensors, equal where the tensors are known to be equal, without a look at their data, which may be on a device that can't be read
 * at once. A tensor that the body makes of values on the host is named by these values, one that a kernel computes by the kernel, its
 * attributes and the names of its inputs, any other by itself.
 */
export class Provenance {
  private readonly names = new WeakMap<Tensor, number>();
  private readonly numbers = new Map<string, number>();
  private readonly objects = new WeakMap<object, number>();
  private next = 0;

  fresh(): number {
    return this.next++;
  }

  /** Runs a body, watching what it makes. */
  watch<T>(body: () => T): T {
    const before = watching;
    watching = (...call) => {
      this.computed(...call);
      before?.(...call);
    };
    try {
      return watchMade((make, values) => {
        const tensor = make();
        this.made(tensor, values);
        return tensor;
      }, body);
    } finally {
      watching = before;
    }
  }

  of(tensor: Tensor): number {
    // A variable's data change with every assignment.
    if (tensor instanceof Variable)
      return this.numberOf(`${this.identity(tensor)}@${this.identity(tensor.dataId)}`);
    let name = this.names.get(tensor);
    if (name === undefined) this.names.set(tensor, (name = this.fresh()));
    return name;
  }

  /** What a kernel makes of inputs with these names; its outputs are told apart by position. */
  result(kernel: string, inputs: readonly string[], attrs: Attrs, position: number): number {
    const settings = Object.entries(attrs).map(([name, value]) => `${name}=${this.describe(value)}`);
    return this.numberOf(`${kernel}(${inputs.join(',')};${settings.join(',')})${position}`);
  }

  private made(tensor: Tensor, values: unknown): void {
    if (tensor.size > SMALL || tensor.dtype === 'string' || !isList(values)) return;
    const list = Array.from(values, (v) => (Object.is(v, -0) ? '-0' : String(v)));
    this.names.set(tensor, this.numberOf(`${tensor.dtype}[${tensor.shape.join()}]${list.join()}`));
  }

  private computed(kernel: string, inputs: KernelInputs, attrs: Attrs, result: Tensor | Tensor[]): void {
    // A clone is what it is a clone of.
    const [source] = kernel === 'Identity' ? (Object.values(inputs) as Tensor[]) : [];
    if (source && !this.names.has(result as Tensor)) this.names.set(result as Tensor, this.of(source));
    const names = Object.entries(inputs).map(([name, t]: [string, Tensor | undefined]) =>
      t == null ? name : `${name}:${this.of(t)}`,
    );
    (Array.isArray(result) ? result : [result]).forEach((t, position) => {
      if (!this.names.has(t)) this.names.set(t, this.result(kernel, names, attrs, position));
    });
  }

  private numberOf(description: string): number {
    let number = this.numbers.get(description);
    if (number === undefined) this.numbers.set(description, (number = this.fresh()));
    return number;
  }

  private describe(value: unknown): string {
    if (Array.isArray(value)) return `[${value.map((v) => this.describe(v)).join(',')}]`;
    const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
    return isObject ? `#${this.identity(value)}` : String(value);
  }

  private identity(object: object): number {
    let id = this.objects.get(object);
    if (id === undefined) this.objects.set(object, (id = this.fresh()));
    return id;
  }
}

type Watcher = (kernel: string, inputs: KernelInputs, attrs: Attrs, result: Tensor | Tensor[]) => void;

let watching: Watcher | undefined;

export const isWatched = (): boolean => watching !== undefined;

/** Tells those who watch that a kernel ran. */
export function witnessed<T extends Tensor | Tensor[]>(
  kernel: string,
  inputs: KernelInputs,
  attrs: Attrs,
  result: T,
): T {
  watching?.(kernel, inputs, attrs, result);
  return result;
}

function isList(values: unknown): values is ArrayLike<unknown> {
  return Array.isArray(values) ? !Array.isArray(values[0]) : ArrayBuffer.isView(values);
}
