import type { Tensor } from '@tensorflow/tfjs-core';
import { fold, split } from '../../random';
import type { Key } from '../../random/keys';
import {
  checkLayer,
  defineLayer,
  isLayer,
  type AnyLayer,
  type ApplyOptions,
  type Layer,
  type ParamsOf,
  type Shape,
  type StateOf,
} from '../layer';
import { inside } from '../record';

type ParamsOfAll<L> = { -readonly [K in keyof L]: ParamsOf<L[K]> };
type StateOfAll<L> = { -readonly [K in keyof L]: StateOf<L[K]> };

/**
 * Layers one after the other. Given as arguments they have their parameters in an array, given as an object by name.
 *
 * @returns a layer whose parameters and state are those of its layers, in an array or an object
 * @example
 * ```ts
 * const net = sequential({ conv: conv2d(16, 3), relu: relu(), flatten: flatten(), dense: dense(10) });
 * const { params, state } = net.init(random.key(0), [28, 28, 1]);
 * params.conv.kernel.shape; // [3, 3, 1, 16]
 * net.apply(params, state, tf.zeros([5, 28, 28, 1]))[0].shape; // [5, 10]
 * ```
 */
export function sequential<const L extends readonly AnyLayer[]>(
  ...layers: L
): Layer<ParamsOfAll<L>, StateOfAll<L>>;
export function sequential<const L extends Readonly<Record<string, AnyLayer>>>(
  layers: L,
): Layer<ParamsOfAll<L>, StateOfAll<L>>;
export function sequential(...args: readonly unknown[]): AnyLayer {
  const [first] = args;
  const named = args.length === 1 && typeof first === 'object' && first !== null && !isLayer(first);
  const entries = Object.entries(named ? first : args) as [string, AnyLayer][];
  for (const [name, layer] of entries) checkLayer(`sequential: "${name}"`, layer);
  const collect = (values: unknown[]): unknown =>
    named ? Object.fromEntries(entries.map(([name], i) => [name, values[i]])) : values;
  return defineLayer<Record<string, unknown>, Record<string, unknown>>('sequential', {
    init(key, inputShape) {
      const keys = entries.length > 0 ? split(key, entries.length) : [];
      let shape: Shape = inputShape;
      const made = entries.map(([name, layer], i) => {
        const one = inside(name, () => layer.init(keys[i]!, shape));
        shape = one.outputShape;
        return one;
      });
      return {
        params: collect(made.map(({ params }) => params)) as Record<string, unknown>,
        state: collect(made.map(({ state }) => state)) as Record<string, unknown>,
        outputShape: shape,
      };
    },
    apply(params, state, x, options) {
      if (entries.some(([name]) => params[name] === undefined || state[name] === undefined))
        throw new TypeError(
          'sequential: params and state must have an entry for each layer: pass what init returned.',
        );
      let y: Tensor = x;
      const next = entries.map(([name, layer], i) => {
        const [out, after] = layer.apply(params[name], state[name], y, withOwnKey(options, i)) as [
          Tensor,
          unknown,
        ];
        y = out;
        return after;
      });
      return [y, collect(next) as Record<string, unknown>];
    },
  });
}

/** The options with a key for one of several layers inside. */
export function withOwnKey(options: ApplyOptions, i: number): ApplyOptions {
  return options.key === undefined ? options : { ...options, key: fold(options.key as Key, i) };
}
