import { withDefaults } from '../../core/errors';
import { checkNumbers, COUNT } from '../../core/numbers';
import { glorotUniform, normal } from '../initializers';
import {
  classToken,
  dense,
  layerNorm,
  patchEmbedding,
  positionEmbedding,
  sequential,
  takePosition,
  transformerBlock,
} from '../layers';

export interface VitOptions {
  /** 10 by default. */
  classes?: number;
  /** Side of a patch; 4 by default. */
  patch?: number;
  /** 7 by default. */
  layers?: number;
  /** 12 by default. */
  heads?: number;
  /** 384 by default. */
  features?: number;
  /** Width of the perceptrons' hidden layers; `features` by default. */
  hidden?: number;
  /** 0 by default. */
  dropout?: number;
  /** Share of examples that skip a residual; 0 by default. */
  depthRate?: number;
}

/**
 * The vision transformer for CIFAR of the TrAct paper's experiments, after omihub777/ViT-CIFAR: 7 layers, 12 heads, 384 features, patches of
 * 4 x 4; 6,268,810 parameters for images [32, 32, 3] and ten classes. As there, perceptrons are as wide as the features and
 * activate their output too, and scores are divided by the root of all features, not of a head's (Dosovitskiy et al. 2021).
 *
 * @example
 * ```ts
 * summary(vit(), [32, 32, 3]).parameters; // 6268810
 * ```
 */
export function vit(options: VitOptions = {}) {
  const {
    classes,
    patch,
    layers,
    heads,
    features,
    hidden = features,
    dropout,
    depthRate,
  } = withDefaults('vit', options, {
    classes: 10,
    patch: 4,
    layers: 7,
    heads: 12,
    features: 384,
    hidden: undefined,
    dropout: 0,
    depthRate: 0,
  });
  checkNumbers('vit', { layers }, COUNT);
  return sequential({
    patches: patchEmbedding(features, patch),
    token: classToken(),
    positions: positionEmbedding({ init: normal(0.02) }),
    blocks: sequential(
      ...Array.from({ length: layers }, (_, i) =>
        transformerBlock({
          heads,
          hidden,
          dropout,
          // Deeper layers are dropped more often (Huang et al. 2016).
          depthRate: layers > 1 ? (depthRate * i) / (layers - 1) : depthRate,
          scale: 1 / Math.sqrt(features),
          activateOutput: true,
          kernelInit: glorotUniform(),
        }),
      ),
    ),
    first: takePosition(0),
    norm: layerNorm(),
    head: dense(classes),
  });
}
