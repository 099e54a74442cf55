import type { Tensor } from '@tensorflow/tfjs-core';
import { engine } from '../core/engine';
import { describeValue } from '../core/errors';
import { tract, type TractSettings } from '../tract';
import { vjp } from '../transforms/vjp';
import { checkWeights, withWeights, type LayerLike, type WeightLike } from './variables';

type Call = LayerLike['call'];

const originals = new WeakMap<LayerLike, Call>();

/**
 * Gives the first layer of a tf.layers model the TrAct correction (Petersen, Borgelt, Ermon: TrAct, NeurIPS 2024): from then on `model.fit`,
 * `tf.variableGrads` and `optimizer.minimize` train it so, with any optimizer, and so does `functional` under the transformations of this
 * library. Values, the other layers, and what is saved and loaded stay as they are: a loaded model's layer is wrapped again.
 *
 * Gradients that a regulariser adds are not corrected. The layer's own gradients are computed by this library, so that also a
 * convolution's are there on wasm, where tfjs has none. A second call replaces the settings of the first.
 *
 * @param layer  dense, convolution of any rank, depthwise convolution or embedding, built or not yet
 * @param lambda ridge, 0.1 by default, or options
 * @returns the same layer
 * @throws TypeError where `layer` is no layer; RangeError where lambda is not positive and finite. When it is called: TypeError where the
 *   layer has no weight that meets its input in a linear op
 * @example
 * ```ts
 * tractLayer(model.layers[0]);
 * await model.fit(x, y);
 * ```
 */
export function tractLayer<L extends LayerLike>(layer: L, lambda?: number | Tensor | TractSettings): L {
  checkLayer('tractLayer', layer);
  const plain = originals.get(layer) ?? layer.call;
  // Checks the settings now, not in the first step of the training.
  const corrected = (kwargs: unknown) =>
    tract(
      (weights: Tensor[], x: Tensor) => run(layer, plain, layer.trainableWeights, weights, x, kwargs),
      lambda,
    );
  corrected({});
  originals.set(layer, plain);
  layer.call = (inputs: Tensor | Tensor[], kwargs: unknown) => {
    const x = Array.isArray(inputs) ? inputs[0]! : inputs;
    const weights = layer.trainableWeights;
    checkWeights('tractLayer', weights);
    return withOwnGradient(
      corrected(kwargs),
      weights.map((weight) => weight.read()),
      x,
    );
  };
  return layer;
}

/** Takes the correction from a layer again. */
export function untractLayer<L extends LayerLike>(layer: L): L {
  checkLayer('untractLayer', layer);
  if (originals.delete(layer)) delete (layer as Partial<L>).call;
  return layer;
}

/** The layer's own call with values in place of its weights. */
function run(
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
        `tractLayer: ${layer.name} changes its weight ${weight.name} in a call, so it can't be wrapped.`,
      );
    },
  );
}

/**
 * f(weights, x) for a native tape, in the way of `tf.customGrad`, but with the gradient of the data computed only where the tape asks for
 * it, which it usually does not.
 */
function withOwnGradient(
  f: (weights: Tensor[], x: Tensor) => Tensor,
  weights: readonly Tensor[],
  x: Tensor,
): Tensor {
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
      const gradients = pulled((w: Tensor[]) => f(w, input!), saved, dy);
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

function checkLayer(name: string, layer: unknown): asserts layer is LayerLike {
  if (typeof (layer as Partial<LayerLike> | null)?.call !== 'function' || typeof layer === 'function')
    throw new TypeError(`${name}: expected a layer of tf.layers, got ${describeValue(layer)}.`);
}
