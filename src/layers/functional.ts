import { clone, type Tensor } from '@tensorflow/tfjs-core';
import { withScope } from '../core/engine';
import { describeValue, withDefaults } from '../core/errors';
import { tensorsOf } from '../transforms/results';
import { checkWeights, withWeights, Writes, type ModelLike, type WeightLike } from './variables';
import { treeOf, valuesOf, type WeightTree } from './weightTree';

export interface CallOptions {
  /** Whether layers behave as in training; false by default. */
  training?: boolean;
}

/** A model's inputs and outputs: a tensor, or an array of them. */
type Tensors = Tensor | Tensor[];

/**
 * A tf.layers model as a pure function of its trainable weights.
 *
 * `apply(params, x, { training })` computes what the model does with `params` in place of its weights, which are not touched; every
 * transformation goes through it. `params` is a copy of the weights, by the names of layers: `{ dense_Dense1: { kernel, bias } }`. `assignWeights`
 * is the way back.
 *
 * @returns `[apply, params]`
 * @throws TypeError where `model` is none, or `params` do not fit it; Error where a layer changes its state in training (batch
 *   normalisation): use {@link functionalWithState}
 * @example
 * ```ts
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
 * const [apply, params] = functional(model);
 * const loss = (p: typeof params, x: tf.Tensor, y: tf.Tensor) => tf.mean(tf.squaredDifference(apply(p, x), y));
 * const gradients = grad(tract(loss, 0.1))(params, tf.ones([4, 3]), tf.zeros([4, 2])); // of the structure of params
 * ```
 */
export function functional<Y extends Tensors = Tensor>(
  model: ModelLike,
): [apply: (params: WeightTree, x: Tensors, options?: CallOptions) => Y, params: WeightTree] {
  const name = 'functional';
  checkModel(name, model);
  const apply = (params: WeightTree, x: Tensors, options: CallOptions = {}): Y =>
    withScope(
      name,
      () => {
        const { training } = withDefaults(name, options, { training: false });
        const weights = model.trainableWeights;
        const refuse = (weight: WeightLike): void => {
          throw new Error(
            `functional: in training the model changes ${weight.name}, which a function of the parameters can't: use functionalWithState.`,
          );
        };
        const still = model.nonTrainableWeights;
        return withWeights(
          [...weights, ...still],
          [...valuesOf(`${name}: params`, weights, params), ...still.map((weight) => weight.read())],
          () => model.apply(x, { training }) as Y,
          refuse,
        );
      },
      tensorsOf,
    );
  return [apply, copyOf(model.trainableWeights)];
}

/**
 * As {@link functional}, with the weights that are not trained (running statistics) as a state of its own, which is returned.
 *
 * @returns `[apply, params, state]`, `apply(params, state, x, { training })` returns `[y, state]`
 * @example
 * ```ts
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * const model = sequential({ layers: [layers.batchNormalization({ inputShape: [3] })] });
 * const [apply, params, state] = functionalWithState(model);
 * const [y, next] = apply(params, state, tf.ones([4, 3]), { training: true });
 * assignWeights(model, params, next);
 * ```
 */
export function functionalWithState<Y extends Tensors = Tensor>(
  model: ModelLike,
): [
  apply: (params: WeightTree, state: WeightTree, x: Tensors, options?: CallOptions) => [Y, WeightTree],
  params: WeightTree,
  state: WeightTree,
] {
  const name = 'functionalWithState';
  checkModel(name, model);
  const apply = (
    params: WeightTree,
    state: WeightTree,
    x: Tensors,
    options: CallOptions = {},
  ): [Y, WeightTree] =>
    withScope(
      name,
      () => {
        const { training } = withDefaults(name, options, { training: false });
        const trained = model.trainableWeights;
        const kept = model.nonTrainableWeights;
        const given = valuesOf(`${name}: state`, kept, state);
        const writes = new Writes();
        try {
          const y = withWeights(
            [...trained, ...kept],
            [...valuesOf(`${name}: params`, trained, params), ...given],
            () => model.apply(x, { training }) as Y,
            writes.record,
          );
          const next = kept.map((weight, i) => writes.take(weight) ?? given[i]!);
          return [y, treeOf(kept, next)] as [Y, WeightTree];
        } finally {
          writes.dispose();
        }
      },
      tensorsOf,
    );
  return [apply, copyOf(model.trainableWeights), copyOf(model.nonTrainableWeights)];
}

/**
 * Writes parameters, and state if given, into the weights of a model.
 *
 * @throws TypeError where they do not fit the model; RangeError where a shape differs
 * @example
 * ```ts
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
 * const [, params] = functional(model);
 * assignWeights(model, tree.map((w) => tf.mul(0.5, w), params));
 * ```
 */
export function assignWeights(model: ModelLike, params: WeightTree, state?: WeightTree): void {
  const name = 'assignWeights';
  checkModel(name, model);
  const pairs: [WeightLike, Tensor][] = [];
  const collect = (weights: readonly WeightLike[], tree: WeightTree, what: string): void =>
    valuesOf(`${name}: ${what}`, weights, tree).forEach((value, i) => pairs.push([weights[i]!, value]));
  collect(model.trainableWeights, params, 'params');
  if (state) collect(model.nonTrainableWeights, state, 'state');
  for (const [weight, value] of pairs) (weight as unknown as { write(value: Tensor): void }).write(value);
}

function copyOf(weights: readonly WeightLike[]): WeightTree {
  return treeOf(
    weights,
    weights.map((weight) => clone(weight.read())),
  );
}

function checkModel(name: string, model: unknown): asserts model is ModelLike {
  const { apply, trainableWeights, nonTrainableWeights } = (model ?? {}) as Partial<ModelLike>;
  if (typeof apply !== 'function' || !Array.isArray(trainableWeights) || !Array.isArray(nonTrainableWeights))
    throw new TypeError(`${name}: expected a tf.layers model, got ${describeValue(model)}.`);
  checkWeights(name, [...trainableWeights, ...nonTrainableWeights] as WeightLike[]);
}
