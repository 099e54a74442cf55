import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** Small models whose gradients tfjs has on every backend, the convolution's aside, which is wrapped. */
export const models = {
  dense: () =>
    tfl.sequential({
      layers: [
        tfl.layers.dense({ inputShape: [5], units: 6, activation: 'relu', kernelInitializer: seeded(1) }),
        tfl.layers.dense({ units: 3, kernelInitializer: seeded(2) }),
      ],
    }),
  'dense on few rows': () =>
    tfl.sequential({
      layers: [
        tfl.layers.dense({ inputShape: [20], units: 4, useBias: false, kernelInitializer: seeded(1) }),
        tfl.layers.dense({ units: 3, activation: 'tanh', kernelInitializer: seeded(2) }),
      ],
    }),
  'dense on a sequence': () =>
    tfl.sequential({
      layers: [
        tfl.layers.dense({ inputShape: [4, 3], units: 5, activation: 'tanh', kernelInitializer: seeded(1) }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 3, kernelInitializer: seeded(2) }),
      ],
    }),
  conv1d: () =>
    tfl.sequential({
      layers: [
        tfl.layers.conv1d({ inputShape: [8, 2], filters: 4, kernelSize: 3, kernelInitializer: seeded(1) }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 3, kernelInitializer: seeded(2) }),
      ],
    }),
  conv2d: () =>
    tfl.sequential({
      layers: [
        tfl.layers.conv2d({
          inputShape: [6, 6, 2],
          filters: 4,
          kernelSize: 3,
          strides: 2,
          padding: 'same',
          activation: 'relu',
          kernelInitializer: seeded(1),
        }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 3, kernelInitializer: seeded(2) }),
      ],
    }),
  'conv2d, channels first': () =>
    tfl.sequential({
      layers: [
        tfl.layers.conv2d({
          inputShape: [2, 6, 6],
          filters: 4,
          kernelSize: 3,
          dataFormat: 'channelsFirst',
          activation: 'tanh',
          kernelInitializer: seeded(1),
        }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 3, kernelInitializer: seeded(2) }),
      ],
    }),
  embedding: () =>
    tfl.sequential({
      layers: [
        tfl.layers.embedding({
          inputDim: 6,
          outputDim: 3,
          inputLength: 4,
          embeddingsInitializer: seeded(1),
        }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 3, kernelInitializer: seeded(2) }),
      ],
    }),
  depthwise: () =>
    tfl.sequential({
      layers: [
        tfl.layers.depthwiseConv2d({
          inputShape: [5, 5, 2],
          kernelSize: 3,
          depthMultiplier: 2,
          depthwiseInitializer: seeded(1),
        }),
        tfl.layers.flatten(),
        tfl.layers.dense({ units: 3, kernelInitializer: seeded(2) }),
      ],
    }),
} satisfies Record<string, () => tfl.LayersModel>;

function seeded(seed: number) {
  return tfl.initializers.randomNormal({ mean: 0, stddev: 0.5, seed });
}

/** A batch for a model: inputs and targets of three columns. */
export function batchFor(model: tfl.LayersModel, b = 12): { x: tf.Tensor; y: tf.Tensor } {
  const shape = model.inputs[0]!.shape.slice(1) as number[];
  const y = tf.randomNormal([b, 3], 0, 1, 'float32', 12);
  if (model.layers[0]!.getClassName() === 'Embedding')
    return { x: tf.cast(tf.randomUniform([b, ...shape], 0, 6, 'float32', 11), 'int32'), y };
  return { x: tf.randomNormal([b, ...shape], 0.5, 1, 'float32', 11), y };
}
