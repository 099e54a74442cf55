import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelInputs } from './engine';
import { watchMade } from './madeTensors';
import type { Attrs } from './rule';
import { isVariable } from './variables';

/** Constants up to this size are named by their values. */
const SMALL = 64;

/** So many tensors may wait for their names. */
const MANY = 1000;

/**
 * Names for tensors, equal where the tensors are known to be equal, without a look at their data, which may be on a device that can't be read
 * at once. A tensor that the body makes of values on the host is named by these values, one that a kernel computes by the kernel, its
 * attributes and the names of its inputs, any other by itself.
 */
export class Provenance {
  private readonly names = new WeakMap<Tensor, number>();
  private readonly numbers = new Map<string, number>();
  private readonly objects = new WeakMap<object, number>();
  /** What gives names to tensors made so far, in order: it takes longer than a small kernel, and most are never asked for. */
  private waiting: (() => void)[] = [];
  private next = 0;

  fresh(): number {
    return this.next++;
  }

  /** Runs a body, watching what it makes. */
  watch<T>(body: () => T): T {
    const before = watching;
    watching = (kernel, inputs, attrs, result) => {
      this.computed(kernel, inputs, attrs, result);
      before?.(kernel, inputs, attrs, result);
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
    this.settle();
    return this.nameOf(tensor);
  }

  /** What a kernel makes of inputs with these names; its outputs are told apart by position. */
  result(kernel: string, inputs: readonly string[], settings: string, position: number): number {
    return this.numberOf(`${kernel}(${inputs.join(',')};${settings})${position}`);
  }

  /** The attributes of a kernel in words, as they are now. */
  settings(attrs: Attrs): string {
    let settings = '';
    for (const name in attrs) settings += `${name}=${this.describe(attrs[name])},`;
    return settings;
  }

  private nameOf(tensor: Tensor): number {
    // A variable's data change with every assignment.
    if (isVariable(tensor)) return this.numberOf(`${this.identity(tensor)}@${this.identity(tensor.dataId)}`);
    let name = this.names.get(tensor);
    if (name === undefined) this.names.set(tensor, (name = this.fresh()));
    return name;
  }

  private made(tensor: Tensor, values: unknown): void {
    if (tensor.size > SMALL || tensor.dtype === 'string' || !isList(values)) return;
    const list = Array.from(values);
    this.later(() => {
      const names = list.map((v) => (Object.is(v, -0) ? '-0' : String(v)));
      this.names.set(tensor, this.numberOf(`${tensor.dtype}[${tensor.shape.join()}]${names.join()}`));
    });
  }

  private computed(kernel: string, inputs: KernelInputs, attrs: Attrs, result: Tensor | Tensor[]): void {
    // Arrays among them may be the user's, who may change them.
    const settings = this.settings(attrs);
    this.later(() => {
      // A clone is what it is a clone of.
      const [source] = kernel === 'Identity' ? (Object.values(inputs) as Tensor[]) : [];
      if (source && !this.names.has(result as Tensor)) this.names.set(result as Tensor, this.nameOf(source));
      const names = Object.entries(inputs).map(([name, t]: [string, Tensor | undefined]) =>
        t == null ? name : `${name}:${this.nameOf(t)}`,
      );
      (Array.isArray(result) ? result : [result]).forEach((t, position) => {
        if (!this.names.has(t)) this.names.set(t, this.result(kernel, names, settings, position));
      });
    });
    // Later they may have other data.
    if (Object.values(inputs).some((t: Tensor | undefined) => t && isVariable(t))) this.settle();
  }

  private later(name: () => void): void {
    this.waiting.push(name);
    if (this.waiting.length > MANY) this.settle();
  }

  private settle(): void {
    const { waiting } = this;
    this.waiting = [];
    for (const name of waiting) name();
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
