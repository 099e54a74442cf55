import type { Tensor } from '@tensorflow/tfjs-core';
import { engine } from '../core/engine';
import { describeValue } from '../core/errors';
import { vjp } from '../transforms/vjp';
import { checkWeights, withWeights, type LayerLike, type WeightLike } from './variables';

type Call = LayerLike['call'];

/** A layer as a function of its trainable weights. */
export type LayerFunction = (weights: Tensor[], x: Tensor) => Tensor;

const originals = new WeakMap<LayerLike, Call>();

/**
 * From now on a layer's call is a function with derivatives of this library's making, also on a native tape.
 *
 * @param name   the public function, for messages
 * @param derive what is made of the layer's function, with the same values
 */
export function deriveCall(
  name: string,
  layer: LayerLike,
  derive: (f: LayerFunction) => LayerFunction,
): void {
  const plain = originals.get(layer) ?? layer.call;
  originals.set(layer, plain);
  layer.call = (inputs: Tensor | Tensor[], kwargs: unknown) => {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs;
    const weights = layer.trainableWeights;
    checkWeights(name, weights);
    const f: LayerFunction = (values, input) => run(name, layer, plain, weights, values, input, kwargs);
    return withDerivatives(
      derive(f),
      weights.map((weight) => weight.read()),
      x,
    );
  };
}

/** Whether a layer's call has been replaced. */
export function isDerived(layer: LayerLike): boolean {
  return originals.has(layer);
}

/** Gives a layer its own call back. */
export function restoreCall(layer: LayerLike): void {
  // The replacement hides the method of the class.
  if (originals.delete(layer)) delete (layer as Partial<LayerLike>).call;
}

/** @throws TypeError where a value is no layer */
export function checkLayer(name: string, layer: unknown): asserts layer is LayerLike {
  if (typeof (layer as Partial<LayerLike> | null)?.call !== 'function' || typeof layer === 'function')
    throw new TypeError(`${name}: expected a layer of tf.layers, got ${describeValue(layer)}.`);
}

/** The layer's own call with values in place of its weights. */
function run(
  name: string,
  layer: LayerLike,
  plain: Call,
  weights: readonly WeightLike[],
  values: readonly Tensor[],
  x: Tensor,
  kwargs: unknown,
): Tensor {
  return withWeights(
    weights,
    values,
    () => plain.call(layer, x, kwargs) as Tensor,
    (weight) => {
      throw new Error(
        `${name}: ${layer.name} changes its weight ${weight.name} in a call, so it can't be wrapped.`,
      );
    },
  );
}

/**
 * f(weights, x) for a native tape, in the way of `tf.customGrad`, but with the gradient of the data computed only where the tape asks for
 * it, which for a first layer it does not.
 */
function withDerivatives(f: LayerFunction, weights: readonly Tensor[], x: Tensor): Tensor {
  const names = weights.map((_, i) => `w${i}`);
  const inputs: Record<string, Tensor> = { x };
  weights.forEach((weight, i) => (inputs[names[i]!] = weight));
  return engine().runKernelFunc({
    inputs,
    forwardFunc: (_, save) => {
      save([x, ...weights]);
      return f([...weights], x);
    },
    backwardsFunc: (dy, [input, ...saved]) => {
      // Each of the functions returned runs in a tidy scope of its own: what they share is computed outside.
      const gradients = saved.length > 0 ? pulled((w: Tensor[]) => f(w, input!), saved, dy) : [];
      return {
        x: () => pulled((t: Tensor) => f(saved, t), input!, dy),
        ...Object.fromEntries(names.map((name, i) => [name, () => gradients[i]!])),
      };
    },
  });
}

function pulled<P>(f: (p: P) => Tensor, at: P, dy: Tensor): P {
  const [y, pullback] = vjp(f, at);
  const [gradient] = pullback(dy as never) as unknown as [P];
  pullback.dispose();
  y.dispose();
  return gradient;
}
