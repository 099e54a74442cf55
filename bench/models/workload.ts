import * as tf from '@tensorflow/tfjs-core';
import * as plain from './plain';

/** A pytree of tensors: of each model its own. */
export type Params = Record<string, unknown>;
export type Loss = (params: Params, x: tf.Tensor, y: tf.Tensor) => tf.Tensor;

/** Layers that a contender may have of its own. */
export type Layers = Pick<typeof plain, 'batchNorm'>;

/** A model in plain ops, so that tfjs's own tape can differentiate it as well as we. */
export interface Model {
  init(): object;
  logits(params: object, x: tf.Tensor, layers: Layers): tf.Tensor;
}

/** A model with a loss and a batch. */
export interface Workload {
  readonly name: string;
  readonly title: string;
  readonly batch: number;
  /** Shape of one example. */
  readonly example: readonly number[];
  readonly classes: number;
  /** Fresh parameters, and the loss of a batch, of plain ops throughout by default. */
  init(layers?: Layers): { params: Params; loss: Loss };
}

/** A batch of random examples with labels in turn. */
export function batchOf({ batch, example, classes }: Workload): { x: tf.Tensor; y: tf.Tensor } {
  const labels = Array.from({ length: batch }, (_, i) => i % classes);
  return { x: tf.randomUniform([batch, ...example], 0, 1, 'float32', 1), y: tf.tensor1d(labels, 'int32') };
}

/** A model under cross-entropy. */
export function workload(given: Omit<Workload, 'init'>, { init, logits }: Model): Workload {
  const lossWith =
    (layers: Layers): Loss =>
    (params, x, y) => {
      const labels = tf.cast(tf.oneHot(y as tf.Tensor1D, given.classes), 'float32');
      return tf.neg(tf.mean(tf.sum(tf.mul(labels, tf.logSoftmax(logits(params, x, layers))), -1)));
    };
  return { ...given, init: (layers = plain) => ({ params: init() as Params, loss: lossWith(layers) }) };
}
