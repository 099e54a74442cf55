import type { Tensor } from '@tensorflow/tfjs-core';
import { tract, type TractSettings } from '../tract';
import { checkLayer, deriveCall, restoreCall, type LayerFunction } from './derivedCall';
import type { LayerLike } from './variables';

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
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
 * tractLayer(model.layers[0]!);
 * model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
 * await model.fit(tf.ones([4, 3]), tf.zeros([4, 2]), { verbose: 0 });
 * ```
 */
export function tractLayer<L extends LayerLike>(layer: L, lambda?: number | Tensor | TractSettings): L {
  checkLayer('tractLayer', layer);
  const correct = (f: LayerFunction): LayerFunction => tract(f, lambda);
  // Checks the settings now, not in the first step of the training.
  correct((_, x) => x);
  deriveCall('tractLayer', layer, correct);
  return layer;
}

/**
 * Takes the correction from a layer again.
 *
 * @example
 * ```ts
 * import { layers, sequential } from '@tensorflow/tfjs-layers';
 * const model = sequential({ layers: [layers.dense({ units: 2, inputShape: [3] })] });
 * untractLayer(tractLayer(model.layers[0]!, 0.1));
 * ```
 */
export function untractLayer<L extends LayerLike>(layer: L): L {
  checkLayer('untractLayer', layer);
  restoreCall(layer);
  return layer;
}
