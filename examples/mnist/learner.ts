import * as tf from '@tensorflow/tfjs-core';
import { jit, type JittedFunction } from '../../src';
import { type AdamState, adamInit, adamStep } from './adam';
import { type Batch, batchOf, type Dataset } from './data';
import { logits, type Params } from './model';

/** A loss with its gradient, as `valueAndGrad(loss)` and `valueAndGrad(tract(loss, lambda))` both return it. */
export type LossAndGradient = (
  params: Params,
  x: tf.Tensor4D,
  y: tf.Tensor1D,
) => [loss: tf.Tensor, gradient: Params];

/** The first layer's kernel: `count` pictures of `height` x `width` weights, one after the other. */
export interface Filters {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly weights: readonly number[];
}

const EVALUATION_BATCH = 500;

/** A network in training: its parameters and its optimizer's state, which each step replaces. */
export class Learner {
  private state: AdamState;
  /** Gradient and Adam as one captured program. */
  private readonly update: JittedFunction<
    [Params, AdamState, tf.Tensor4D, tf.Tensor1D],
    { loss: tf.Tensor; params: Params; state: AdamState }
  >;

  /** Takes over `params`. */
  constructor(
    lossAndGradient: LossAndGradient,
    private params: Params,
    rate: number,
  ) {
    this.state = adamInit(params);
    this.update = jit((params, state, x, y) => {
      const [loss, gradient] = lossAndGradient(params, x, y);
      return { loss, ...adamStep(params, gradient, state, { rate }) };
    });
  }

  /** Trains on one batch and returns the loss before the step. */
  step({ x, y }: Batch): number {
    const next = this.update(this.params, this.state, x, y);
    tf.dispose([this.params, this.state]);
    this.params = next.params as Params;
    this.state = next.state as AdamState;
    const [loss] = next.loss.dataSync();
    next.loss.dispose();
    return loss!;
  }

  /** Says for each example whether it is classified right. */
  classify(data: Dataset): boolean[] {
    const right: boolean[] = [];
    for (let start = 0; start < data.count; start += EVALUATION_BATCH) {
      const b = Math.min(EVALUATION_BATCH, data.count - start);
      const { x, y } = batchOf(
        data,
        Array.from({ length: b }, (_, row) => start + row),
      );
      const hits = tf.tidy(() => tf.equal(tf.argMax(logits(this.params, x), -1), y));
      right.push(...Array.from(hits.dataSync(), Boolean));
      tf.dispose([x, y, hits]);
    }
    return right;
  }

  filters(): Filters {
    const { kernel } = this.params.conv1; // [height, width, 1, count]
    const [height, width, , count] = kernel.shape as tf.Tensor4D['shape'];
    const weights = tf.tidy(() => Array.from(tf.transpose(kernel, [3, 2, 0, 1]).dataSync()));
    return { count, height, width, weights };
  }

  dispose(): void {
    this.update.dispose();
    tf.dispose([this.params, this.state]);
  }
}
