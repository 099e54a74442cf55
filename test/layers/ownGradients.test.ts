import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { grad, tract } from '../../src';
import { functional, ownGradients, tractLayer, untractLayer, type WeightTree } from '../../src/layers';
import * as optim from '../../src/optim';
import { closeTo } from '../support/cases';

const seeded = (seed: number) => tfl.initializers.randomNormal({ mean: 0, stddev: 0.4, seed });

const network = (): tfl.Sequential =>
  tfl.sequential({
    layers: [
      tfl.layers.conv2d({
        inputShape: [8, 8, 2],
        filters: 4,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: seeded(1),
      }),
      tfl.layers.maxPooling2d({ poolSize: 2 }),
      tfl.sequential({
        layers: [
          tfl.layers.separableConv2d({
            inputShape: [4, 4, 4],
            filters: 5,
            kernelSize: 3,
            depthwiseInitializer: seeded(2),
            pointwiseInitializer: seeded(3),
          }),
          tfl.layers.averagePooling2d({ poolSize: 2 }),
        ],
      }),
      tfl.layers.flatten(),
      tfl.layers.dense({ units: 3, kernelInitializer: seeded(4) }),
    ],
  });

/** tfjs leaves the weights of a model inside a model. */
const disposeAll = (model: tfl.LayersModel): void => {
  const inner = model.layers[2] as unknown as tfl.LayersModel;
  model.dispose();
  for (const { trainableWeights } of inner.layers)
    for (const weight of trainableWeights) (weight as unknown as { dispose(): void }).dispose();
};

describe('ownGradients', () => {
  for (const corrected of [false, true]) {
    it(`trains a convolutional net under fit on every backend, ${corrected ? 'with' : 'without'} TrAct`, async () => {
      const model = network();
      const optimizer = tf.train.sgd(0.05);
      const x = tf.randomNormal([10, 8, 8, 2], 0.5, 1, 'float32', 1);
      const y = tf.randomNormal([10, 3], 0, 1, 'float32', 2);
      const [apply, start] = functional(model);
      const expected = tf.tidy(() => {
        const loss = (p: WeightTree): tf.Tensor => tf.mean(tf.squaredDifference(apply(p, x), y));
        const gradient = grad(corrected ? tract(loss, 0.1) : loss);
        const step = optim.sgd(0.05);
        let params = start;
        for (let i = 0; i < 3; i++)
          params = optim.applyUpdates(params, step.update(gradient(params), step.init(params))[0]);
        return params;
      });
      if (corrected) tractLayer(model.layers[0]!, 0.1);
      expect(ownGradients(model)).toBe(model);
      model.compile({ optimizer, loss: 'meanSquaredError' });
      await model.fit(x, y, { epochs: 3, batchSize: 10, shuffle: false, verbose: 0, yieldEvery: 'never' });
      tf.tidy(() => {
        const [, found] = functional(model);
        for (const layer of Object.keys(expected))
          for (const name of Object.keys(expected[layer]!))
            closeTo(found[layer]![name]!, expected[layer]![name]!, 5e-5);
      });
      tf.dispose([x, y, start, expected]);
      disposeAll(model);
      optimizer.dispose();
    });
  }

  it('leaves other layers, values, and wrapped layers alone', () => {
    const model = network();
    tf.tidy(() => {
      const x = tf.ones([2, 8, 8, 2]);
      const before = (model.predict(x) as tf.Tensor).dataSync();
      tractLayer(model.layers[0]!);
      const { call } = model.layers[0]!;
      ownGradients(model);
      expect(model.layers[0]!.call).toBe(call);
      expect((model.predict(x) as tf.Tensor).dataSync()).toEqual(before);
      expect(model.layers.map((layer) => Object.hasOwn(layer, 'call'))).toEqual([
        true,
        true,
        false,
        false,
        false,
      ]);
      untractLayer(model.layers[1]!);
      expect(Object.hasOwn(model.layers[1]!, 'call')).toBe(false);
      expect(() => ownGradients({} as never)).toThrow(/ownGradients: expected a layer/);
    });
    disposeAll(model);
  });
});
