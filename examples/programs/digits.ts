import * as tf from '@tensorflow/tfjs-core';
import { type Batch, inOrder, shuffled } from '../data/batches';
import { firstOf, type ImageSet } from '../data/imageSet';
import { loadDigits } from '../data/mnist';
import { scalingOf } from '../data/standardise';

/** Some of MNIST: batches in a seeded order, epoch after epoch, and the test pictures. */
export interface Digits {
  readonly training: ImageSet;
  batches(epochs: number, batch: number): Generator<Batch>;
  /** All test pictures as one batch. */
  test(): Batch;
}

export async function digits(training: number, test: number): Promise<Digits> {
  const data = await loadDigits();
  const chosen = firstOf(training, data.training);
  const judged = firstOf(test, data.test);
  const scaling = scalingOf(chosen);
  return {
    training: chosen,
    *batches(epochs, batch) {
      for (let epoch = 1; epoch <= epochs; epoch++)
        yield* shuffled(chosen, epoch, 0, { batch, seed: 0, scaling });
    },
    test: () => inOrder(judged, test, scaling).next().value as Batch,
  };
}

/** The share of rows whose greatest score is the label's. */
export function shareRight(scores: tf.Tensor, labels: tf.Tensor): number {
  return tf.tidy(() => tf.mean(tf.cast(tf.equal(tf.argMax(scores, -1), labels), 'float32')).dataSync()[0]!);
}
