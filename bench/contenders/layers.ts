import * as tf from '@tensorflow/tfjs-core';
import {
  input as inputOf,
  layers,
  model as modelOf,
  sequential,
  type LayersModel,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers';
import { batchOf, type Workload } from '../models/workload';
import type { Contender } from './contender';

type Layer = InstanceType<typeof layers.Layer>;

/** Batches of one call of `fit`, whose time is divided by them: what a call costs besides its steps is small beside an epoch's. */
const BATCHES = 8;

/**
 * tf.layers: `fit` with Adam as the step, `evaluate` as the forward pass. It has no gradient to ask for, and no layer for attention.
 * Weights start from its own initializers.
 */
export const tfLayers = (clock: () => number): Contender => ({
  name: 'tf.layers',
  prepare(workload, measure) {
    const build = MODELS[workload.name];
    if (!build || measure === 'gradient') return undefined;
    const { batch, classes } = workload;
    const count =
      measure === 'step' && batch * workload.example.reduce((a, d) => a * d) < 2 ** 17 ? BATCHES : 1;
    const model = build(workload);
    model.compile({ optimizer: tf.train.adam(1e-3), loss: 'categoricalCrossentropy' });
    const [x, y] = tf.tidy(() => {
      const one = batchOf(workload);
      const labels = tf.cast(tf.oneHot(one.y as tf.Tensor1D, classes), 'float32');
      const repeated = (t: tf.Tensor): tf.Tensor => tf.concat(Array.from({ length: count }, () => t));
      return [repeated(one.x), repeated(labels)];
    });
    const fit = async (): Promise<number> => {
      const start = clock();
      await model.fit(x, y, { batchSize: batch, epochs: 1, verbose: 0, shuffle: false, yieldEvery: 'never' });
      return (clock() - start) / count;
    };
    const evaluate = (): void => {
      const value = model.evaluate(x, y, { batchSize: batch }) as tf.Scalar;
      value.dataSync();
      value.dispose();
    };
    const dispose = (): void => (model.dispose(), tf.dispose([x, y]));
    return { body: measure === 'step' ? fit : evaluate, dispose };
  },
});

const head = (classes: number): Layer => layers.dense({ units: classes, activation: 'softmax' });

const mlp =
  (hidden: number) =>
  ({ example, classes }: Workload): LayersModel =>
    sequential({
      layers: [layers.dense({ units: hidden, activation: 'relu', inputShape: [...example] }), head(classes)],
    });

const conv = (filters: number, inputShape?: readonly number[]): Layer =>
  layers.conv2d({
    filters,
    kernelSize: 3,
    padding: 'same',
    activation: 'relu',
    ...(inputShape && { inputShape: [...inputShape] }),
  });

const MODELS: Record<string, (workload: Workload) => LayersModel> = {
  'small-mlp-1': mlp(32),
  'small-mlp-32': mlp(32),
  mlp: mlp(256),
  conv: ({ example, classes }) =>
    sequential({
      layers: [
        conv(16, example),
        layers.maxPooling2d({ poolSize: 2 }),
        conv(32),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        head(classes),
      ],
    }),
  'small-conv': ({ example, classes }) =>
    sequential({
      layers: [
        conv(8, example),
        layers.maxPooling2d({ poolSize: 2 }),
        conv(16),
        layers.maxPooling2d({ poolSize: 2 }),
        layers.flatten(),
        head(classes),
      ],
    }),
  'conv-cifar': ({ example, classes }) =>
    sequential({ layers: [conv(16, example), layers.flatten(), head(classes)] }),
  rnn: ({ example, classes }) =>
    sequential({ layers: [layers.simpleRNN({ units: 64, inputShape: [...example] }), head(classes)] }),
  resnet18: ({ example, classes }) => {
    const input = inputOf({ shape: [...example] });
    const normal = (x: SymbolicTensor, filters: number, kernelSize: number, strides = 1): SymbolicTensor => {
      const y = layers.conv2d({ filters, kernelSize, strides, padding: 'same', useBias: false }).apply(x);
      return layers.batchNormalization().apply(y) as SymbolicTensor;
    };
    const relu = (x: SymbolicTensor): SymbolicTensor => layers.reLU().apply(x) as SymbolicTensor;
    let x = relu(normal(input, 64, 3));
    for (const [i, width] of [64, 128, 256, 512].entries())
      for (const block of [0, 1]) {
        const strides = i > 0 && block === 0 ? 2 : 1;
        const main = normal(relu(normal(x, width, 3, strides)), width, 3);
        const shortcut = strides === 1 ? x : normal(x, width, 1, 2);
        x = relu(layers.add().apply([main, shortcut]) as SymbolicTensor);
      }
    const pooled = layers.globalAveragePooling2d({ dataFormat: 'channelsLast' }).apply(x);
    return modelOf({ inputs: input, outputs: head(classes).apply(pooled) as SymbolicTensor });
  },
};
