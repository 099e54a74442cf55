import * as tf from '@tensorflow/tfjs-core';

/** Along which axes of each layer's data, weight and output the examples and the features lie; or why there are none. */
export interface Symmetry {
  /** Axes of the data and of the output along which examples lie. */
  examples: readonly [data: number, output: number] | string;
  /** Axes of the data and of the weight that are summed over, and whose entries can be mixed. */
  features: readonly [data: number, weight: number] | Mixing | string;
}

/** x M and M^T w, for a matrix M among features. */
interface Mixing {
  size: number;
  data(x: tf.Tensor, m: tf.Tensor2D): tf.Tensor;
  weight(w: tf.Tensor, m: tf.Tensor2D): tf.Tensor;
}

/** sum_i t[.., i, ..] M[i, j] along an axis. */
export function mixed(t: tf.Tensor, axis: number, m: tf.Tensor2D): tf.Tensor {
  const order = t.shape.map((_, i) => i).filter((i) => i !== axis);
  const back = t.shape.map((_, i) => (i === axis ? t.rank - 1 : i < axis ? i : i - 1));
  const last = tf.transpose(t, [...order, axis]);
  const product = tf.reshape(tf.matMul(tf.reshape(last, [-1, t.shape[axis]!]), m), last.shape);
  return tf.transpose(product, back);
}

const image: Symmetry = { examples: [0, 0], features: [3, 2] };
const filters: Symmetry = { examples: [3, 3], features: [2, 3] };
const ONE_HOT = 'rows are one-hot: entries can be renamed, which another test does, and not mixed';

export const symmetries: Record<string, Symmetry> = {
  'x W': { examples: [0, 0], features: [1, 0] },
  'x W, fewer rows than features': { examples: [0, 0], features: [1, 0] },
  'x W^T': { examples: [0, 0], features: [1, 1] },
  'x^T W': { examples: [1, 0], features: [0, 0] },
  'W x': { examples: [1, 1], features: [0, 1] },
  'W^T x^T': { examples: [0, 1], features: [1, 0] },
  'x W with leading axes': { examples: [0, 0], features: [2, 0] },
  'a stack of weights': { examples: [1, 1], features: [2, 1] },
  'one x for a stack of weights': { examples: [0, 1], features: [1, 1] },
  'einsum bhti,hij->bhtj (heads)': { examples: [0, 0], features: [3, 1] },
  'einsum bi,ij->bj': { examples: [0, 0], features: [1, 0] },
  'einsum bij,kji->bk': { examples: [0, 0], features: [1, 2] },
  'einsum bhi,hij->bhj': { examples: [0, 0], features: [2, 1] },
  'an embedding': { examples: [0, 0], features: ONE_HOT },
  'columns looked up': { examples: [0, 1], features: ONE_HOT },
  'a stack of embeddings': { examples: [1, 1], features: ONE_HOT },
  gatherND: { examples: [0, 0], features: ONE_HOT },
  'gatherND of numbers': { examples: [0, 0], features: ONE_HOT },
  'conv2d, same': image,
  'conv2d, valid, stride 2': image,
  'conv2d, uneven padding': image,
  'conv2d, dilated': image,
  'conv2d, 1 x 1': image,
  'conv2d, patches longer than 64': image,
  'patch embedding': image,
  'conv2d, channels first': { examples: [0, 0], features: [1, 2] },
  conv1d: { examples: [0, 0], features: [2, 1] },
  conv3d: { examples: [0, 0], features: [4, 3] },
  conv2dTranspose: { examples: [0, 0], features: [3, 3] },
  conv3dTranspose: { examples: [0, 0], features: [4, 4] },
  'an image through filters': filters,
  'an image through filters, stride 2': filters,
  'an image through filters, channels first': { examples: [3, 1], features: [2, 1] },
  'a volume through filters': { examples: [4, 4], features: [3, 4] },
  'an image through transposed filters': { examples: [2, 3], features: [3, 3] },
  'a volume through transposed filters': { examples: [3, 4], features: [4, 4] },
  'an image through filters for each channel': {
    examples: 'a filter more for each channel is an output more for each, in between the others',
    features: 'each pixel is a feature of its own channel: no operation on filters mixes pixels',
  },
  depthwise: { examples: [0, 0], features: 'each channel is a layer of its own, whose features are places' },
  separable: { examples: [0, 0], features: 'each channel is a layer of its own, whose features are places' },
  'two groups by split': {
    examples: [0, 0],
    features: {
      size: 2,
      data: (x, m) => tf.reshape(mixed(tf.reshape(x, [2, 4, 5, 2, 2]), 4, m), x.shape),
      weight: (w, m) => mixed(w, 2, m),
    },
  },
  'fused matMul': { examples: [0, 0], features: [1, 0] },
  'fused conv2d': image,
  'fused depthwise': {
    examples: [0, 0],
    features: 'each channel is a layer of its own, whose features are places',
  },
  'dense after a flattening of patches': {
    examples: [0, 0],
    features: {
      size: 3,
      data: (x, m) => mixed(x, 3, m),
      weight: (w, m) => tf.reshape(mixed(tf.reshape(w, [4, 3, 4]), 1, m), w.shape),
    },
  },
};

/** A layer's mixing as functions of a square matrix of this size; undefined where it has none. */
export function mixingOf({ features }: Symmetry, data: readonly number[]): Mixing | undefined {
  if (typeof features === 'string') return undefined;
  if ('size' in features) return features;
  const [dataAxis, weightAxis] = features;
  return {
    size: data[dataAxis]!,
    data: (x, m) => mixed(x, dataAxis, m),
    weight: (w, m) => mixed(w, weightAxis, m),
  };
}
