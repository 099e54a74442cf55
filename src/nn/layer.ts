import { Tensor } from '@tensorflow/tfjs-core';
import { intercepted } from '../core/dispatch';
import { withScope } from '../core/engine';
import { describeValue, withDefaults } from '../core/errors';
import type { Key } from '../random/keys';
import { tensorsOf } from '../transforms/results';
import { misfit } from './misfit';
import { recorded } from './record';

/** Sizes of one example: of an image [height, width, channels], without the axis of the batch. */
export type Shape = readonly number[];

export interface ApplyOptions {
  /** Training: batch statistics and dropout. False by default. */
  train?: boolean;
  /** A key of `random`, for layers that draw in training. */
  key?: Key;
}

export interface Initialised<Params, State> {
  params: Params;
  state: State;
  outputShape: Shape;
}

/** Of layers without parameters or without state. */
export type Nothing = Record<string, never>;

/**
 * The convention of all layers and models here: a pair of pure functions, in the shape of stax and flax.
 *
 * - `init(key, inputShape)` draws parameters for examples of a shape (without the batch's axis), and says what shape comes out.
 * - `apply(params, state, x, { train, key })` maps a batch `x` of shape [b, ...inputShape] to `[y, state]`.
 *
 * Parameters are trained. State is not: it is what a layer keeps from batch to batch (the running statistics of batchNorm), and the new
 * one is returned; layers without any return what they were given. Both are pytrees of plain objects and arrays of tensors, so
 * that `grad`, `jit`, `optim` and `tract` take them as they are. A model with a loss is trained like this:
 *
 * ```ts
 * import type { ParamsOf, StateOf } from 'tfjs-tract/nn';
 * const model = sequential(conv2d(8, 3), batchNorm(), relu(), flatten(), dropout(0.1), dense(10));
 * type Params = ParamsOf<typeof model>;
 * type State = StateOf<typeof model>;
 * const loss = (params: Params, state: State, x: tf.Tensor, y: tf.Tensor, key: random.Key): [tf.Tensor, State] => {
 *   const [logits, next] = model.apply(params, state, x, { train: true, key });
 *   return [tf.mean(softmaxCrossEntropyWithIntegerLabels(logits, y)), next];
 * };
 * const step = valueAndGrad(tract(loss, 0.1), { hasAux: true });
 *
 * const { params, state } = model.init(random.key(0), [8, 8, 1]);
 * const [[value, next], gradients] = step(params, state, tf.ones([4, 8, 8, 1]), tf.zeros([4], 'int32'), random.key(1));
 * ```
 */
export interface Layer<Params = unknown, State = unknown> {
  readonly name: string;
  init(key: Key, inputShape: Shape): Initialised<Params, State>;
  apply(params: Params, state: State, x: Tensor, options?: ApplyOptions): [y: Tensor, state: State];
}

// Layers of any parameters: a function's parameter types don't vary with it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyLayer = Layer<any, any>;
export type ParamsOf<L> = L extends Layer<infer P, infer _S> ? P : never;
export type StateOf<L> = L extends Layer<infer _P, infer S> ? S : never;

export interface LayerDefinition<Params, State> {
  init(key: Key, inputShape: Shape): Initialised<Params, State>;
  apply(params: Params, state: State, x: Tensor, options: ApplyOptions): [Tensor, State];
  /** Multiplications and additions for one example, for `summary`. */
  operations?(inputShape: Shape, outputShape: Shape): number;
}

/**
 * Wraps a definition: of what its functions make only the results are left, in the caller's scope.
 *
 * @example
 * ```ts
 * const shift = defineLayer('shift', {
 *   init: (key, inputShape) => ({ params: { by: random.normal(key, [1]) }, state: {}, outputShape: inputShape }),
 *   apply: ({ by }, state, x) => [tf.add(x, by), state],
 * });
 * shift.apply({ by: tf.tensor1d([2]) }, {}, tf.tensor2d([[1, 2]]))[0]; // [[3, 4]]
 * ```
 */
export function defineLayer<Params, State>(
  name: string,
  definition: LayerDefinition<Params, State>,
): Layer<Params, State> {
  checkLayer(`defineLayer: ${describeValue(definition)}`, definition);
  const { init, apply, operations } = definition;
  const made: Layer<Params, State> = {
    name,
    init: (key, inputShape) =>
      recorded(
        name,
        inputShape,
        () =>
          withScope(
            name,
            () => init(key, checkShape(name, 'inputShape, of one example without the batch,', inputShape)),
            tensorsOf,
          ),
        operations,
      ),
    apply: (params, state, x, options = {}) => {
      if (!(x instanceof Tensor))
        throw new TypeError(`${name}: apply(params, state, x) takes a tensor x, got ${describeValue(x)}.`);
      withDefaults(name, options, { train: undefined, key: undefined });
      // Outside of transformations too, what a backend lacks is replaced.
      return intercepted(() => {
        try {
          return withScope(name, () => apply(params, state, x, options), tensorsOf);
        } catch (error) {
          throw misfit(made, params, state, x, error) ?? error;
        }
      });
    },
  };
  return made;
}

/** A layer with parameters and no state. */
export function stateless<Params>(
  name: string,
  {
    init,
    apply,
    operations,
  }: {
    init(key: Key, inputShape: Shape): { params: Params; outputShape: Shape };
    apply(params: Params, x: Tensor, options: ApplyOptions): Tensor;
    operations?: LayerDefinition<Params, Nothing>['operations'];
  },
): Layer<Params, Nothing> {
  return defineLayer<Params, Nothing>(name, {
    init: (key, inputShape) => ({ ...init(key, inputShape), state: {} }),
    apply(params, state, x, options) {
      return [apply(params, x, options), state];
    },
    ...(operations && { operations }),
  });
}

/** A layer with neither. */
export function pure(
  name: string,
  outputShape: (inputShape: Shape) => Shape,
  apply: (x: Tensor, options: ApplyOptions) => Tensor,
): Layer<Nothing, Nothing> {
  return defineLayer<Nothing, Nothing>(name, {
    init: (_, inputShape) => ({ params: {}, state: {}, outputShape: outputShape(inputShape) }),
    apply: (_, state, x, options) => [apply(x, options), state],
  });
}

/** @throws TypeError where it is no array of sizes */
export function checkShape(name: string, what: string, shape: unknown): Shape {
  if (!Array.isArray(shape) || !shape.every((d) => Number.isInteger(d) && d >= 0))
    throw new TypeError(`${name}: ${what} must be an array of sizes, got ${describeValue(shape)}.`);
  return shape as number[];
}

/** @throws RangeError where the shape of an example has another rank */
export function checkRank(name: string, shape: Shape, rank: number, axes: string): void {
  if (shape.length !== rank)
    throw new RangeError(`${name}: expected examples of shape [${axes}], got [${shape.join(',')}].`);
}

export function isLayer(value: unknown): value is AnyLayer {
  const { init, apply } = (value ?? {}) as Partial<AnyLayer>;
  return typeof init === 'function' && typeof apply === 'function';
}

/** @throws TypeError where it is none */
export function checkLayer(what: string, value: unknown): void {
  if (!isLayer(value)) throw new TypeError(`${what} is no layer { init, apply }.`);
}
