import * as tf from '@tensorflow/tfjs-core';
import { jit, random, tract, valueAndGrad } from '../../src';
import { type AnyLayer, softmaxCrossEntropyWithIntegerLabels, type Shape } from '../../src/nn';
import { applyUpdates, type GradientTransformation, globalNorm, type OptState } from '../../src/optim';
import type { Batch } from '../data/batches';

/** Everything that changes in training: a pytree of tensors. */
export type Learned = {
  params: unknown;
  /** Batch statistics. */
  state: unknown;
  optimizer: OptState;
  key: random.Key;
};

export interface Method {
  readonly model: AnyLayer;
  readonly optimizer: GradientTransformation;
  /** TrAct's ridge, or undefined for the ordinary gradient. */
  readonly lambda?: number;
  readonly labelSmoothing?: number;
}

export interface StepResult {
  /** Before the step. */
  readonly loss: number;
  /** Norm of the gradient, TrAct's where it is used. */
  readonly gradientNorm: number;
}

/** A model in training. The whole step, gradient and optimizer, is one jitted program. */
export class Learner {
  private readonly step: ReturnType<typeof makeStep>;
  private readonly judge: ReturnType<typeof makeJudge>;

  private constructor(
    readonly method: Method,
    private current: Learned,
  ) {
    this.step = makeStep(method);
    this.judge = makeJudge(method);
  }

  /** Draws the parameters. */
  static start(method: Method, inputShape: Shape, seed: number): Learner {
    const learned = tf.tidy(() => {
      const [forModel, forTraining] = random.split(random.key(seed));
      const { params, state } = method.model.init(forModel, inputShape);
      return { params, state, optimizer: method.optimizer.init(params), key: forTraining } as never;
    }) as Learned;
    return new Learner(method, learned);
  }

  get learned(): Learned {
    return this.current;
  }

  /** Takes over what was learned elsewhere. */
  replace(learned: Learned): void {
    tf.dispose(this.current as never);
    this.current = learned;
  }

  /** Trains on one batch. Where the loss or the gradient is not finite everything stays as it was. */
  train({ x, y }: Batch): StepResult {
    const found = finiteOrNone(() => this.step(this.current, x, y));
    if (!found) return { loss: NaN, gradientNorm: NaN };
    const { loss, gradientNorm, learned } = found;
    const result = { loss: valueOf(loss), gradientNorm: valueOf(gradientNorm) };
    if (Number.isFinite(result.loss) && Number.isFinite(result.gradientNorm))
      this.replace(learned as Learned);
    else tf.dispose(learned as never);
    return result;
  }

  /** Mean loss and share of the pictures classified right. */
  evaluate(batches: Iterable<Batch>): { loss: number; accuracy: number } {
    const { params, state } = this.current;
    let [loss, right, count] = [0, 0, 0];
    for (const { x, y } of batches) {
      const sums = this.judge(params, state, x, y);
      loss += valueOf(sums.loss);
      right += valueOf(sums.right);
      count += y.size;
      tf.dispose([x, y]);
    }
    return { loss: loss / count, accuracy: right / count };
  }

  dispose(): void {
    this.step.dispose();
    this.judge.dispose();
    tf.dispose(this.current as never);
  }
}

/** TrAct refuses data that are not finite, where other gradients would be NaN. */
function finiteOrNone<T>(step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith("tract: the first layer's input holds NaN or Inf"))
      return undefined;
    throw error;
  }
}

/** `[loss, state]` of a batch, as a function of the parameters. */
export function lossOf({ model, labelSmoothing = 0 }: Method) {
  return (
    params: unknown,
    state: unknown,
    x: tf.Tensor,
    y: tf.Tensor,
    key: random.Key,
  ): [tf.Tensor, unknown] => {
    const [logits, next] = model.apply(params, state, x, { train: true, key });
    return [tf.mean(softmaxCrossEntropyWithIntegerLabels(logits, y, { labelSmoothing })), next];
  };
}

/** The same with TrAct where it is asked for. */
export function trainedLoss(method: Method) {
  const loss = lossOf(method);
  return method.lambda === undefined ? loss : tract(loss, method.lambda);
}

function makeStep(method: Method) {
  const { optimizer } = method;
  const lossAndGradient = valueAndGrad(trainedLoss(method), { hasAux: true });
  return jit(({ params, state, optimizer: moments, key }: Learned, x: tf.Tensor, y: tf.Tensor) => {
    const [nextKey, ownKey] = random.split(key);
    const [[loss, nextState], gradient] = lossAndGradient(params, state, x, y, ownKey);
    const [updates, nextMoments] = optimizer.update(gradient, moments, params);
    return {
      loss,
      gradientNorm: globalNorm(gradient),
      learned: {
        params: applyUpdates(params, updates),
        state: nextState,
        optimizer: nextMoments,
        key: nextKey,
      },
    };
  });
}

function makeJudge({ model }: Method) {
  return jit((params: unknown, state: unknown, x: tf.Tensor, y: tf.Tensor) => {
    const [logits] = model.apply(params, state, x);
    const hits = tf.equal(tf.argMax(logits, -1), y);
    return {
      loss: tf.sum(softmaxCrossEntropyWithIntegerLabels(logits, y)),
      right: tf.sum(tf.cast(hits, 'float32')),
    };
  });
}

function valueOf(scalar: tf.Tensor): number {
  const [value] = scalar.dataSync();
  scalar.dispose();
  return value!;
}
