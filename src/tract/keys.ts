import type { Tensor } from '@tensorflow/tfjs-core';
import type { Attrs } from '../core/rule';
import { isReadable } from './failure';

/**
 * Numbers for the tensors that a body computes from parameters, equal where the same kernel was applied to the same inputs: a layer that
 * reshapes or normalises its weight at every call uses one weight all the same.
 */
export class Keys {
  private readonly numbers = new Map<string, number>();
  private readonly objects = new WeakMap<object, number>();
  private next = 0;

  fresh(): number {
    return this.next++;
  }

  of(description: string): number {
    const known = this.numbers.get(description);
    if (known !== undefined) return known;
    const key = this.fresh();
    this.numbers.set(description, key);
    return key;
  }

  /** What a kernel makes of inputs with these names; its outputs are told apart by position. */
  result(kernel: string, inputs: readonly string[], attrs: Attrs, position: number): number {
    const settings = Object.entries(attrs).map(([name, value]) => `${name}=${this.describe(value)}`);
    return this.of(`${kernel}(${inputs.join(',')};${settings.join(',')})${position}`);
  }

  /** A name for a tensor that does not depend on parameters: scalars go by value, since tfjs makes one for each number it meets. */
  constant(tensor: Tensor): string {
    const isScalar = tensor.size === 1 && tensor.rank === 0 && isReadable(tensor);
    return isScalar ? `${tensor.dtype} ${tensor.dataSync()[0]}` : `#${this.identity(tensor)}`;
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
