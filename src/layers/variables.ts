import { Tensor } from '@tensorflow/tfjs-core';
import { describeValue } from '../core/errors';
import { detach, handOver } from '../core/holdings';

/*
 * What is used of tf.layers, by its shape: nothing here imports @tensorflow/tfjs-layers, so any copy and version of it will do.
 */

/** A LayerVariable of tf.layers. */
export interface WeightLike {
  readonly name: string;
  read(): Tensor;
}

/** A layer of tf.layers. */
export interface LayerLike {
  readonly name: string;
  readonly trainableWeights: readonly WeightLike[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  call(inputs: any, kwargs: any): any;
}

/** A model of tf.layers. */
export interface ModelLike {
  readonly trainableWeights: readonly WeightLike[];
  readonly nonTrainableWeights: readonly WeightLike[];
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  apply(inputs: any, kwargs?: any): any;
}

/** Where a LayerVariable keeps its tensor, and how layers change it. */
interface Slot {
  val: Tensor;
  write(value: Tensor): unknown;
}

const slotOf = (weight: WeightLike): Slot => weight as unknown as Slot;

/** @throws TypeError where the weights are not those of tf.layers 4 */
export function checkWeights(name: string, weights: readonly WeightLike[]): void {
  for (const weight of weights) {
    if (!(slotOf(weight)?.val instanceof Tensor) || typeof slotOf(weight).write !== 'function')
      throw new TypeError(`${name}: expected weights of tf.layers 4, got ${describeValue(weight)}.`);
  }
}

/**
 * Runs `body` with tensors in place of a layer's weights.
 *
 * @param onWrite gets what layers write into a weight meanwhile (running statistics); the weight then reads as that
 */
export function withWeights<T>(
  weights: readonly WeightLike[],
  values: readonly Tensor[],
  body: () => T,
  onWrite: (weight: WeightLike, value: Tensor) => void,
): T {
  const slots = weights.map(slotOf);
  const before = slots.map(({ val }) => val);
  slots.forEach((slot, i) => {
    slot.val = values[i]!;
    slot.write = (value) => {
      onWrite(weights[i]!, value);
      return slot;
    };
  });
  try {
    return body();
  } finally {
    slots.forEach((slot, i) => {
      // The method of the class is back.
      delete (slot as Partial<Slot>).write;
      slot.val = before[i]!;
    });
  }
}

/** Collects what layers write: values that outlive the scopes of the layers' calls. */
export class Writes {
  private readonly latest = new Map<WeightLike, Tensor>();

  readonly record = (weight: WeightLike, value: Tensor): void => {
    this.latest.get(weight)?.dispose();
    const own = detach(value);
    this.latest.set(weight, own);
    slotOf(weight).val = own;
  };

  /** What was written to a weight, or undefined; now the open scope's. */
  take(weight: WeightLike): Tensor | undefined {
    const value = this.latest.get(weight);
    if (value) handOver([value]);
    this.latest.delete(weight);
    return value;
  }

  dispose(): void {
    for (const value of this.latest.values()) {
      handOver([value]);
      value.dispose();
    }
    this.latest.clear();
  }
}
