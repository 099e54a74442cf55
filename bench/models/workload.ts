import * as tf from '@tensorflow/tfjs-core';
import { random } from '../../src';
import { softmaxCrossEntropyWithIntegerLabels, type AnyLayer } from '../../src/nn';

export type Params = Record<string, unknown>;
export type Loss = (params: Params, x: tf.Tensor, y: tf.Tensor) => tf.Tensor;

/** A model with a loss and a batch, written in plain ops, so that tfjs's own tape can differentiate it as well as we. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly batch: number;
  /** Shape of one example. */
  readonly example: readonly number[];
  readonly classes: number;
  /** Multiplications and additions of one forward pass of one example, in millions, where it is known. */
  readonly megaOperations?: number;
  /** Fresh parameters, and the loss of a batch. */
  init(): { params: Params; loss: Loss };
}

/** A batch of random examples with labels in turn. */
export function batchOf({ batch, example, classes }: Workload): { x: tf.Tensor; y: tf.Tensor } {
  const labels = Array.from({ length: batch }, (_, i) => i % classes);
  return { x: tf.randomUniform([batch, ...example], 0, 1, 'float32', 1), y: tf.tensor1d(labels, 'int32') };
}

/** A layer of `nn` under cross-entropy, in training. */
export function ofLayer(model: AnyLayer, example: readonly number[]): ReturnType<Workload['init']> {
  const { params, state } = model.init(random.key(1), example);
  const loss: Loss = (p, x, y) =>
    tf.mean(softmaxCrossEntropyWithIntegerLabels(model.apply(p, state, x, { train: true })[0], y));
  return { params: params as Params, loss };
}
