import { checkLayer, deriveCall, isDerived } from './derivedCall';
import type { LayerLike } from './variables';

/** Layers whose kernels' gradients tfjs lacks on some backends. They draw nothing, so that a second run gives the same values. */
const COVERED = /^(Separable|Depthwise)?Conv\dD(Transpose)?$|^(Global)?(Max|Average)Pooling\dD$/;

interface Containing extends LayerLike {
  readonly layers?: readonly Containing[];
  getClassName?(): string;
}

/**
 * Makes a tf.layers model's convolutions and poolings train with this library's gradients. On wasm tfjs has none for them, so that
 * `model.fit` fails there; with these it trains. The layers' forward pass runs a second time in the backward pass.
 *
 * Layers that `tractLayer` has wrapped stay as they are; values, saving and loading do too.
 *
 * @returns the same model
 * @throws TypeError where `model` is no layer or model
 * @example
 * ```ts
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * const model = sequential();
 * model.add(layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [8, 8, 1] }));
 * model.add(layers.flatten());
 * model.add(layers.dense({ units: 2 }));
 * model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
 * await ownGradients(model).fit(tf.ones([4, 8, 8, 1]), tf.zeros([4, 2]), { verbose: 0 }); // on wasm, too
 * ```
 */
export function ownGradients<M extends LayerLike>(model: M): M {
  checkLayer('ownGradients', model);
  const visit = (layer: Containing): void => {
    if (layer.layers) layer.layers.forEach(visit);
    else if (COVERED.test(layer.getClassName?.() ?? '') && !isDerived(layer))
      deriveCall('ownGradients', layer, (f) => f);
  };
  visit(model as Containing);
  return model;
}
