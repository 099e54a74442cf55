import * as tf from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { describe, expect, it } from 'vitest';
import { grad, hessian, jit, tree, vmap } from '../../src';
import { assignWeights, functional, functionalWithState, type WeightTree } from '../../src/layers';
import { closeTo } from '../support/cases';
import { batchFor, models } from './models';

describe('functional', () => {
  for (const [name, make] of Object.entries(models)) {
    it(`${name}: values and gradients are the model's`, () => {
      const model = make();
      tf.tidy(() => {
        const { x, y } = batchFor(model);
        const [apply, params] = functional(model);
        expect(apply(params, x).dataSync()).toEqual((model.predict(x) as tf.Tensor).dataSync());
        expect(tree.leaves(params)).toHaveLength(model.trainableWeights.length);
        const loss = (p: WeightTree): tf.Tensor => tf.mean(tf.squaredDifference(apply(p, x), y));
        const step = jit(grad(loss));
        const [eager, jitted] = [grad(loss)(params), step(params)];
        tree
          .leaves(eager)
          .forEach((g, i) => closeTo(tree.leaves(jitted)[i] as tf.Tensor, g as tf.Tensor, 1e-5));
        step.dispose();
        if (tf.getBackend() === 'cpu' && !name.includes('first')) {
          const native = tf.variableGrads(
            () => tf.mean(tf.squaredDifference(model.apply(x) as tf.Tensor, y)) as tf.Scalar,
          ).grads;
          for (const weight of model.trainableWeights) {
            const at = weight.name.lastIndexOf('/');
            const own = eager[weight.name.slice(0, at)]![weight.name.slice(at + 1)]!;
            closeTo(own as tf.Tensor, native[weight.name]!, 1e-5);
          }
        }
      });
      model.dispose();
    });
  }

  it('goes through vmap and second derivatives', () => {
    const model = models.dense();
    tf.tidy(() => {
      const { x } = batchFor(model);
      const [apply, params] = functional(model);
      const one = (row: tf.Tensor): tf.Tensor => tf.squeeze(apply(params, tf.expandDims(row)), [0]);
      closeTo(vmap(one)(x), apply(params, x), 1e-5);
      const curvature = hessian((row: tf.Tensor) => tf.sum(tf.square(one(row))))(
        tf.reshape(tf.slice(x, 0, 1), [5]),
      );
      expect(curvature.shape).toEqual([5, 5]);
    });
    model.dispose();
  });

  it('takes and returns arrays where the model has several inputs and outputs', () => {
    const [a, b] = [tfl.input({ shape: [3] }), tfl.input({ shape: [2] })];
    const hidden = tfl.layers.dense({ units: 4 }).apply(a) as tfl.SymbolicTensor;
    const both = tfl.layers.concatenate().apply([hidden, b]) as tfl.SymbolicTensor;
    const outputs = [
      tfl.layers.dense({ units: 2 }).apply(both) as tfl.SymbolicTensor,
      tfl.layers.dense({ units: 1 }).apply(b) as tfl.SymbolicTensor,
    ];
    const model = tfl.model({ inputs: [a, b], outputs });
    tf.tidy(() => {
      const x = [tf.ones([5, 3]), tf.ones([5, 2])];
      const [apply, params] = functional<tf.Tensor[]>(model);
      const own = model.predict(x) as tf.Tensor[];
      apply(params, x).forEach((y, i) => expect(y.dataSync()).toEqual(own[i]!.dataSync()));
      const g = grad((p: WeightTree) => tf.sum(apply(p, x)[1]!))(params);
      expect(tree.leaves(g)).toHaveLength(6);
    });
    model.dispose();
  });

  it('assignWeights is the way back', () => {
    const model = models.dense();
    tf.tidy(() => {
      const { x } = batchFor(model);
      const [apply, params] = functional(model);
      const moved = tree.map((p: tf.Tensor) => tf.add(p, 0.25), params) as WeightTree;
      assignWeights(model, moved);
      expect((model.predict(x) as tf.Tensor).dataSync()).toEqual(apply(moved, x).dataSync());
      expect(() => assignWeights(model, {})).toThrow(
        /assignWeights: params: no value at "dense_Dense\d+\/kernel"/,
      );
      const [layer] = Object.keys(params) as [string];
      expect(() =>
        assignWeights(model, { ...params, [layer]: { ...params[layer], kernel: tf.zeros([1]) } }),
      ).toThrow(RangeError);
      expect(() => apply({ ...params, other: { kernel: tf.zeros([1]) } }, x)).toThrow(/5 values were given/);
    });
    model.dispose();
  });
});

describe('functionalWithState', () => {
  const normalised = (): tfl.LayersModel =>
    tfl.sequential({
      layers: [
        tfl.layers.dense({ inputShape: [3], units: 4 }),
        tfl.layers.batchNormalization({ momentum: 0.5 }),
        tfl.layers.dense({ units: 2 }),
      ],
    });

  it('returns the running statistics that the model would keep, and keeps none itself', () => {
    const model = normalised();
    const key = model.nonTrainableWeights[0]!.name.split('/')[0]!;
    tf.tidy(() => {
      const x = tf.randomNormal([6, 3], 1, 2, 'float32', 3);
      const [apply, params, state] = functionalWithState(model);
      const [y, next] = apply(params, state, x, { training: true });
      const step = jit((p: WeightTree, s: WeightTree) => apply(p, s, x, { training: true }));
      const [jitted, after] = step(params, state);
      step.dispose();
      closeTo(jitted, y, 1e-5);
      closeTo(after[key]!.moving_mean!, next[key]!.moving_mean!, 1e-5);
      expect(model.nonTrainableWeights[0]!.read().dataSync()).toEqual(state[key]!.moving_mean!.dataSync());
      const own = model.apply(x, { training: true }) as tf.Tensor;
      closeTo(y, own, 1e-6);
      closeTo(next[key]!.moving_mean!, model.nonTrainableWeights[0]!.read().clone(), 1e-6);
      closeTo(next[key]!.moving_variance!, model.nonTrainableWeights[1]!.read().clone(), 1e-6);
      const g = grad((p: WeightTree) => tf.sum(tf.square(apply(p, state, x, { training: true })[0])))(params);
      expect(tree.leaves(g)).toHaveLength(6);
    });
    model.dispose();
  });

  it('functional says where it is needed', () => {
    const model = normalised();
    tf.tidy(() => {
      const [apply, params] = functional(model);
      const x = tf.ones([4, 3]);
      expect(() => apply(params, x)).not.toThrow();
      expect(() => apply(params, x, { training: true })).toThrow(/changes .*moving.*functionalWithState/);
      expect(() => functional({} as never)).toThrow(/functional: expected a tf.layers model/);
    });
    model.dispose();
  });
});
