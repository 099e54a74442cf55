import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { grad, jit, tract, tree } from '../../src';
import { functional, tractLayer, untractLayer, type WeightTree } from '../../src/layers';
import * as optim from '../../src/optim';
import { closeTo } from '../support/cases';
import { isStandIn } from '../support/runs';
import { batchFor, models } from './models';

const meanSquare = (y: tf.Tensor, prediction: tf.Tensor): tf.Tensor =>
  tf.mean(tf.squaredDifference(y, prediction));

const weightsOf = (model: tfl.LayersModel): tf.Tensor[] => model.trainableWeights.map((w) => w.read());

/** What one step of SGD does to the weights by the functional version: the reference. */
function expected(
  model: tfl.LayersModel,
  x: tf.Tensor,
  y: tf.Tensor,
  corrected: boolean,
  optimizer: optim.GradientTransformation,
  steps: number,
): tf.Tensor[] {
  const [apply, start] = functional(model);
  // The first layer's weights alone are what tract may look at: a later layer is none.
  const loss = (p: WeightTree): tf.Tensor => meanSquare(y, apply(p, x));
  const gradient = grad(corrected ? tract(loss, 0.1) : loss);
  let params = start;
  let state = optimizer.init(params);
  for (let i = 0; i < steps; i++) {
    const [updates, next] = optimizer.update(gradient(params), state, params);
    params = optim.applyUpdates(params, updates);
    state = next;
  }
  return model.trainableWeights.map(({ name }) => {
    const at = name.lastIndexOf('/');
    return params[name.slice(0, at)]![name.slice(at + 1)]!;
  });
}

const disposeAll = (model: tfl.LayersModel, optimizer?: tf.Optimizer): void => {
  model.dispose();
  optimizer?.dispose();
};

describe('a wrapped layer trains as the functional version does, number for number', () => {
  for (const [name, make] of Object.entries(models)) {
    it(`${name}: tf.variableGrads and minimize`, () => {
      const model = make();
      const optimizer = tf.train.sgd(0.1);
      tf.tidy(() => {
        const { x, y } = batchFor(model);
        const reference = expected(model, x, y, true, optim.sgd(0.1), 1);
        const plain = expected(model, x, y, false, optim.sgd(0.1), 1);
        tractLayer(model.layers[0]!);
        const before = weightsOf(model).map((w) => w.clone());
        const loss = (): tf.Scalar => meanSquare(y, model.apply(x) as tf.Tensor) as tf.Scalar;
        const { grads } = tf.variableGrads(loss);
        model.trainableWeights.forEach((w, i) => {
          const stepped = tf.sub(before[i]!, tf.mul(0.1, grads[w.name]!));
          closeTo(stepped, reference[i]!, 2e-5);
        });
        optimizer.minimize(loss);
        weightsOf(model).forEach((w, i) => closeTo(w.clone(), reference[i]!, 2e-5));
        // The correction is no small thing.
        const distance = tf.max(tf.abs(tf.sub(reference[0]!, plain[0]!))).dataSync()[0]!;
        expect(distance).toBeGreaterThan(1e-3);
      });
      disposeAll(model, optimizer);
    });
  }

  it('model.fit with a tfjs optimizer, callbacks and validation', async () => {
    const model = models.conv2d();
    const { x, y, reference } = tf.tidy(() => {
      const batch = batchFor(model);
      return {
        ...batch,
        reference: expected(model, batch.x, batch.y, true, optim.adam(0.05, { eps: 1e-7 }), 3),
      };
    });
    // Without an epsilon tfjs (4.22) takes 1e-4 on webgl, as for float16.
    const optimizer = tf.train.adam(0.05, 0.9, 0.999, 1e-7);
    tractLayer(model.layers[0]!, { lambda: 0.1 });
    model.compile({ optimizer, loss: 'meanSquaredError' });
    let epochs = 0;
    const { history } = await model.fit(x, y, {
      epochs: 3,
      batchSize: 12,
      shuffle: false,
      verbose: 0,
      validationData: [x, y],
      callbacks: { onEpochEnd: () => void epochs++ },
      yieldEvery: 'never',
    });
    tf.tidy(() => weightsOf(model).forEach((w, i) => closeTo(w.clone(), reference[i]!, 5e-5)));
    expect(epochs).toBe(3);
    expect(history.val_loss).toHaveLength(3);
    expect(history.loss![2]).toBeLessThan(history.loss![0] as number);
    tf.dispose([x, y, reference]);
    disposeAll(model, optimizer);
  });

  it('values are those of the plain layer, and untractLayer gives it back', () => {
    const model = models.conv2d();
    tf.tidy(() => {
      const { x, y } = batchFor(model);
      const before = model.predict(x) as tf.Tensor;
      tractLayer(model.layers[0]!, 0.3);
      closeTo(model.predict(x) as tf.Tensor, before, 1e-5);
      tractLayer(model.layers[0]!, 0.1);
      untractLayer(model.layers[0]!);
      expect(Object.hasOwn(model.layers[0]!, 'call')).toBe(false);
      const [apply, params] = functional(model);
      const loss = (p: WeightTree): tf.Tensor => meanSquare(y, apply(p, x));
      expect(() => tree.map((g: tf.Tensor) => g.dataSync(), grad(loss)(params))).not.toThrow();
    });
    disposeAll(model);
  });

  it('a second call replaces the settings', () => {
    const model = models.dense();
    tf.tidy(() => {
      const { x, y } = batchFor(model);
      const loss = (): tf.Scalar => meanSquare(y, model.apply(x) as tf.Tensor) as tf.Scalar;
      const kernel = model.trainableWeights[0]!;
      const gradient = (): tf.Tensor => tf.variableGrads(loss).grads[kernel.name]!;
      tractLayer(model.layers[0]!, 5);
      tractLayer(model.layers[0]!, 0.1);
      const twice = gradient();
      untractLayer(model.layers[0]!);
      tractLayer(model.layers[0]!, 0.1);
      closeTo(twice, gradient(), 1e-6);
    });
    disposeAll(model);
  });

  it('is saved and loaded as it was', async () => {
    const model = models.dense();
    const json = JSON.stringify(model.toJSON());
    tractLayer(model.layers[0]!);
    expect(JSON.stringify(model.toJSON())).toBe(json);
    let artifacts!: tf.io.ModelArtifacts;
    await model.save(
      tf.io.withSaveHandler(async (given) => {
        artifacts = given;
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    const loaded = await tfl.loadLayersModel(tf.io.fromMemory(artifacts));
    tf.tidy(() => {
      const { x } = batchFor(model);
      closeTo(loaded.predict(x) as tf.Tensor, model.predict(x) as tf.Tensor, 1e-6);
    });
    disposeAll(model);
    disposeAll(loaded);
  });

  it('has the correction under the transformations too, and jitted', () => {
    const model = models.conv2d();
    tf.tidy(() => {
      const { x, y } = batchFor(model);
      const [apply, params] = functional(model);
      const loss = (p: WeightTree): tf.Tensor => meanSquare(y, apply(p, x));
      const reference = grad(tract(loss, 0.1))(params);
      tractLayer(model.layers[0]!);
      const step = jit(grad(loss));
      for (const found of [grad(loss)(params), step(params)])
        tree
          .leaves(found)
          .forEach((g, i) => closeTo(g as tf.Tensor, tree.leaves(reference)[i] as tf.Tensor, 2e-5));
      step.dispose();
    });
    disposeAll(model);
  });
});

/** What a native tape has saved stays when a gradient throws. */
function releaseTape(): void {
  const { state } = tf.engine() as unknown as { state: { activeTape: { saved?: tf.Tensor[] }[] | null } };
  for (const { saved } of state.activeTape ?? []) tf.dispose(saved ?? []);
}

describe('bad input', () => {
  it('no layer, no lambda, no linear op', () => {
    expect(() => tractLayer({} as never)).toThrow(/tractLayer: expected a layer of tf.layers/);
    const model = tfl.sequential({
      layers: [tfl.layers.batchNormalization({ inputShape: [3] }), tfl.layers.dense({ units: 2 })],
    });
    expect(() => tractLayer(model.layers[1]!, -1)).toThrow(RangeError);
    expect(Object.hasOwn(model.layers[1]!, 'call')).toBe(false);
    tractLayer(model.layers[0]!);
    tf.tidy(() => {
      const x = tf.ones([4, 3]);
      expect(() => model.predict(x)).toThrow(/no first layer found/);
    });
    disposeAll(model);
  });

  it('NaN in the data is named', () => {
    const model = models.dense();
    tractLayer(model.layers[0]!);
    tf.tidy(() => {
      const x = tf.fill([4, 5], NaN);
      const gradients = (): tf.Tensor[] =>
        Object.values(tf.variableGrads(() => tf.sum(model.apply(x) as tf.Tensor) as tf.Scalar).grads);
      // On webgpu and webgl values are not read on the way: the gradient is NaN there.
      if (isStandIn()) expect(gradients().some((g) => g.dataSync().some(Number.isNaN))).toBe(true);
      else expect(gradients).toThrow(/NaN/);
    });
    releaseTape();
    disposeAll(model);
  });
});
