import { type AnyLayer, convNet, lenet, resnet18, type Shape, vit } from '../../src/nn';

export const MODELS = ['lenet', 'conv', 'resnet18', 'vit'] as const;
export type ModelName = (typeof MODELS)[number];

/** Sizes of a model; each has those that it names, at the size of its paper by default. */
export interface Sizes {
  /** Channels of the first stage of conv and resnet18, features of vit. */
  readonly width?: number;
  /** Layers of conv and vit. */
  readonly layers?: number;
  /** Of vit. */
  readonly heads?: number;
  readonly patch?: number;
  readonly dropout?: number;
}

/** A model of src/nn for pictures of a shape [height, width, channels]. */
export function modelOf(
  name: ModelName,
  classes: number,
  [height]: Shape,
  { width, layers, heads, patch, dropout }: Sizes,
): AnyLayer {
  switch (name) {
    case 'lenet':
      return lenet({ classes, padding: height === 28 ? 'same' : 'valid' });
    case 'conv': {
      const first = width ?? 16;
      return convNet({ classes, widths: Array.from({ length: layers ?? 3 }, (_, i) => first * 2 ** i) });
    }
    case 'resnet18':
      return resnet18({ classes, ...(width !== undefined && { width }) });
    case 'vit':
      return vit({
        classes,
        ...(width !== undefined && { features: width }),
        ...(layers !== undefined && { layers }),
        ...(heads !== undefined && { heads }),
        ...(patch !== undefined && { patch }),
        ...(dropout !== undefined && { dropout }),
      });
  }
}
