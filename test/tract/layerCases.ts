import * as tf from '@tensorflow/tfjs-core';

/** A layer, linear in w and in x, with its matrices spelled out by public ops. */
export interface LayerCase {
  name: string;
  weight: number[];
  data: number[];
  /** Number of entries that indices go up to; x is real if absent. */
  entries?: number;
  apply(w: tf.Tensor, x: tf.Tensor): tf.Tensor;
  /** The weight as `[stacks, n, m]`, and the output as `[stacks, b, m]`. */
  matrices(w: tf.Tensor): tf.Tensor;
  rows(z: tf.Tensor): tf.Tensor;
  /** Backends that run it; all if absent. */
  only?: string[];
}

type T4 = tf.Tensor4D;
type T5 = tf.Tensor5D;

const merged = (z: tf.Tensor): tf.Tensor => tf.reshape(z, [1, -1, z.shape.at(-1)!]);
const dense = (name: string, rest: Pick<LayerCase, 'weight' | 'data' | 'apply'>): LayerCase => ({
  name,
  ...rest,
  matrices: merged,
  rows: merged,
});
const images = (
  name: string,
  weight: number[],
  data: number[],
  apply: (w: T4, x: T4) => tf.Tensor,
): LayerCase => dense(name, { weight, data, apply: (w, x) => apply(w as T4, x as T4) });

/** Parameters in place of the images: a column for each. */
const trained = (name: string, weight: number[], data: number[], apply: LayerCase['apply']): LayerCase => {
  const columns = (t: tf.Tensor): tf.Tensor =>
    tf.expandDims(tf.transpose(tf.reshape(t, [t.shape[0]!, -1])), 0);
  return { name, weight, data, apply, matrices: columns, rows: columns };
};

const explicit: [[number, number], [number, number], [number, number], [number, number]] = [
  [0, 0],
  [0, 1],
  [2, 1],
  [0, 0],
];

export const layerCases: LayerCase[] = [
  dense('x W', { weight: [4, 3], data: [7, 4], apply: (w, x) => tf.matMul(x, w) }),
  dense('x W, fewer rows than features', {
    weight: [6, 3],
    data: [4, 6],
    apply: (w, x) => tf.matMul(x, w),
  }),
  {
    ...dense('x W^T', { weight: [3, 4], data: [7, 4], apply: (w, x) => tf.matMul(x, w, false, true) }),
    matrices: (w) => tf.expandDims(tf.transpose(w), 0),
  },
  dense('x^T W', { weight: [4, 3], data: [4, 7], apply: (w, x) => tf.matMul(x, w, true) }),
  {
    ...dense('W x', { weight: [3, 4], data: [4, 7], apply: (w, x) => tf.matMul(w, x) }),
    matrices: (w) => tf.expandDims(tf.transpose(w), 0),
    rows: (z) => tf.expandDims(tf.transpose(z), 0),
  },
  {
    ...dense('W^T x^T', { weight: [4, 3], data: [7, 4], apply: (w, x) => tf.matMul(w, x, true, true) }),
    rows: (z) => tf.expandDims(tf.transpose(z), 0),
  },
  dense('x W with leading axes', { weight: [4, 3], data: [2, 3, 4], apply: (w, x) => tf.matMul(x, w) }),
  {
    name: 'a stack of weights',
    weight: [2, 4, 3],
    data: [2, 6, 4],
    apply: (w, x) => tf.matMul(x, w),
    matrices: (w) => w,
    rows: (z) => z,
  },
  {
    name: 'one x for a stack of weights',
    weight: [2, 4, 3],
    data: [6, 4],
    apply: (w, x) => tf.matMul(x, w),
    matrices: (w) => w,
    rows: (z) => z,
  },
  {
    name: 'einsum bhti,hij->bhtj (heads)',
    weight: [2, 4, 3],
    data: [5, 2, 3, 4],
    apply: (w, x) => tf.einsum('bhti,hij->bhtj', x, w),
    matrices: (w) => w,
    rows: (z) => tf.reshape(tf.transpose(z, [1, 0, 2, 3]), [2, 15, 3]),
  },
  dense('einsum bi,ij->bj', {
    weight: [4, 3],
    data: [7, 4],
    apply: (w, x) => tf.einsum('bi,ij->bj', x, w),
  }),
  {
    ...dense('einsum bij,kji->bk', {
      weight: [3, 2, 4],
      data: [7, 4, 2],
      apply: (w, x) => tf.einsum('bij,kji->bk', x, w),
    }),
    matrices: (w) => tf.reshape(tf.transpose(w, [2, 1, 0]), [1, 8, 3]),
  },
  {
    name: 'einsum bhi,hij->bhj',
    weight: [2, 4, 3],
    data: [6, 2, 4],
    apply: (w, x) => tf.einsum('bhi,hij->bhj', x, w),
    matrices: (w) => w,
    rows: (z) => tf.transpose(z, [1, 0, 2]),
  },
  {
    name: 'an embedding',
    weight: [6, 3],
    data: [4, 5],
    entries: 6,
    apply: (w, x) => tf.gather(w, x as tf.Tensor2D),
    matrices: (w) => tf.expandDims(w, 0),
    rows: merged,
  },
  {
    name: 'columns looked up',
    weight: [3, 6],
    data: [5],
    entries: 6,
    apply: (w, x) => tf.gather(w, x as tf.Tensor1D, 1),
    matrices: (w) => tf.expandDims(tf.transpose(w), 0),
    rows: (z) => tf.expandDims(tf.transpose(z), 0),
  },
  {
    name: 'a stack of embeddings',
    weight: [2, 6, 3],
    data: [2, 5],
    entries: 6,
    apply: (w, x) => tf.gather(w, x as tf.Tensor2D, 1, 1),
    matrices: (w) => w,
    rows: (z) => z,
  },
  {
    name: 'gatherND',
    weight: [3, 4, 2],
    data: [7, 2],
    entries: 3,
    apply: (w, x) => tf.gatherND(w, x),
    matrices: (w) => tf.reshape(w, [1, 12, 2]),
    rows: merged,
  },
  {
    name: 'gatherND of numbers',
    weight: [3, 4],
    data: [2, 5, 2],
    entries: 3,
    apply: (w, x) => tf.gatherND(w, x),
    matrices: (w) => tf.reshape(w, [1, 12, 1]),
    rows: (z) => tf.reshape(z, [1, -1, 1]),
  },
  images('conv2d, same', [3, 3, 2, 4], [2, 5, 4, 2], (w, x) => tf.conv2d(x, w, 1, 'same')),
  images('conv2d, valid, stride 2', [3, 2, 2, 4], [2, 6, 5, 2], (w, x) => tf.conv2d(x, w, [2, 1], 'valid')),
  images('conv2d, uneven padding', [3, 3, 2, 3], [2, 5, 4, 2], (w, x) => tf.conv2d(x, w, 2, explicit)),
  images('conv2d, dilated', [2, 2, 2, 3], [2, 6, 5, 2], (w, x) => tf.conv2d(x, w, 1, 'same', 'NHWC', [2, 1])),
  images('conv2d, 1 x 1', [1, 1, 3, 4], [2, 4, 3, 3], (w, x) => tf.conv2d(x, w, 1, 'same')),
  images('conv2d, patches longer than 64', [5, 5, 3, 2], [2, 5, 4, 3], (w, x) => tf.conv2d(x, w, 1, 'same')),
  images('patch embedding', [2, 2, 3, 5], [2, 4, 6, 3], (w, x) => tf.conv2d(x, w, 2, 'valid')),
  {
    ...images('conv2d, channels first', [2, 3, 2, 4], [2, 2, 5, 4], (w, x) =>
      tf.conv2d(x, w, 1, 'same', 'NCHW'),
    ),
    rows: (z) => merged(tf.transpose(z, [0, 2, 3, 1])),
    only: ['cpu'],
  },
  dense('conv1d', {
    weight: [3, 2, 4],
    data: [3, 7, 2],
    apply: (w, x) => tf.conv1d(x as tf.Tensor3D, w as tf.Tensor3D, 2, 'same'),
  }),
  dense('conv3d', {
    weight: [2, 2, 3, 2, 3],
    data: [2, 4, 3, 4, 2],
    apply: (w, x) => tf.conv3d(x as T5, w as T5, [1, 2, 1], 'same'),
  }),
  {
    ...images('conv2dTranspose', [3, 2, 3, 2], [2, 3, 4, 2], (w, x) =>
      tf.conv2dTranspose(x, w, [x.shape[0], 6, 8, 3], 2, 'same'),
    ),
    matrices: (w) => merged(tf.transpose(w, [0, 1, 3, 2])),
  },
  {
    ...dense('conv3dTranspose', {
      weight: [2, 2, 2, 3, 2],
      data: [1, 2, 3, 2, 2],
      apply: (w, x) => tf.conv3dTranspose(x as T5, w as T5, [x.shape[0]!, 4, 6, 4, 3], 2, 'same'),
    }),
    matrices: (w) => merged(tf.transpose(w, [0, 1, 2, 4, 3])),
  },
  trained('an image through filters', [2, 3, 4, 2], [2, 2, 2, 6], (w, x) =>
    tf.conv2d(w as T4, x as T4, 1, 'same'),
  ),
  trained('an image through filters, stride 2', [3, 5, 4, 1], [3, 2, 1, 2], (w, x) =>
    tf.conv2d(w as T4, x as T4, [2, 1], 'valid'),
  ),
  {
    ...trained('an image through filters, channels first', [2, 2, 3, 4], [2, 2, 2, 3], (w, x) =>
      tf.conv2d(w as T4, x as T4, 1, 'same', 'NCHW'),
    ),
    only: ['cpu'],
  },
  trained('a volume through filters', [2, 2, 3, 2, 1], [2, 2, 2, 1, 2], (w, x) =>
    tf.conv3d(w as T5, x as T5, 1, 'same'),
  ),
  trained('an image through transposed filters', [2, 2, 3, 2], [2, 2, 3, 2], (w, x) =>
    tf.conv2dTranspose(w as T4, x as T4, [2, 4, 6, x.shape[2]!], 2, 'same'),
  ),
  trained('a volume through transposed filters', [1, 2, 1, 2, 2], [2, 2, 2, 1, 2], (w, x) =>
    tf.conv3dTranspose(w as T5, x as T5, [1, 4, 2, 4, x.shape[3]!], 2, 'same'),
  ),
  {
    name: 'an image through filters for each channel',
    weight: [2, 3, 4, 3],
    data: [2, 2, 3, 2],
    apply: (w, x) => tf.depthwiseConv2d(w as T4, x as T4, 1, 'same'),
    matrices: (w) => tf.transpose(tf.reshape(w, [2, 12, 3]), [2, 1, 0]),
    rows: (z) => tf.reshape(tf.transpose(tf.reshape(z, [2, 12, 3, 2]), [2, 3, 1, 0]), [3, 24, 2]),
  },
  {
    name: 'depthwise',
    weight: [3, 2, 3, 2],
    data: [2, 5, 4, 3],
    apply: (w, x) => tf.depthwiseConv2d(x as T4, w as T4, [1, 1], 'same'),
    matrices: (w) => tf.transpose(tf.reshape(w, [6, 3, 2]), [1, 0, 2]),
    rows: (z) => tf.transpose(tf.reshape(z, [-1, 3, 2]), [1, 0, 2]),
  },
  {
    name: 'separable',
    weight: [2, 2, 3, 1],
    data: [2, 5, 4, 3],
    apply: (w, x) =>
      tf.separableConv2d(x as T4, w as T4, tf.reshape(tf.eye(3), [1, 1, 3, 3]) as T4, 1, 'valid'),
    matrices: (w) => tf.transpose(tf.reshape(w, [4, 3, 1]), [1, 0, 2]),
    rows: (z) => tf.transpose(tf.reshape(z, [-1, 3, 1]), [1, 0, 2]),
  },
  {
    name: 'two groups by split',
    weight: [2, 2, 2, 6],
    data: [2, 4, 5, 4],
    apply: (w, x) => {
      const [w1, w2] = tf.split(w as T4, 2, 3) as [T4, T4];
      const [x1, x2] = tf.split(x as T4, 2, 3) as [T4, T4];
      return tf.concat([tf.conv2d(x1, w1, 1, 'same'), tf.conv2d(x2, w2, 1, 'same')], 3);
    },
    matrices: (w) => tf.transpose(tf.reshape(w, [8, 2, 3]), [1, 0, 2]),
    rows: (z) => tf.transpose(tf.reshape(z, [-1, 2, 3]), [1, 0, 2]),
  },
  dense('fused matMul', {
    weight: [4, 3],
    data: [7, 4],
    apply: (w, x) => tf.fused.matMul({ a: x as tf.Tensor2D, b: w as tf.Tensor2D }),
  }),
  images('fused conv2d', [3, 3, 2, 4], [2, 5, 4, 2], (w, x) =>
    tf.fused.conv2d({ x, filter: w, strides: 1, pad: 'same' }),
  ),
  {
    name: 'fused depthwise',
    weight: [2, 2, 3, 1],
    data: [2, 4, 4, 3],
    apply: (w, x) => tf.fused.depthwiseConv2d({ x: x as T4, filter: w as T4, strides: 1, pad: 'same' }),
    matrices: (w) => tf.transpose(tf.reshape(w, [4, 3, 1]), [1, 0, 2]),
    rows: (z) => tf.transpose(tf.reshape(z, [-1, 3, 1]), [1, 0, 2]),
  },
  dense('dense after a flattening of patches', {
    weight: [12, 4],
    data: [4, 4, 6, 3],
    apply: (w, x) => {
      const cells = tf.transpose(tf.reshape(x, [-1, 2, 2, 3, 2, 3]), [0, 1, 3, 2, 4, 5]);
      return tf.matMul(tf.reshape(cells, [-1, 6, 12]), w);
    },
  }),
];

/** The cases that the backend in use can run. */
export const casesHere = (): LayerCase[] =>
  layerCases.filter(({ only }) => only === undefined || only.includes(tf.getBackend()));
