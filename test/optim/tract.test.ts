import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, random, tract, tree } from '../../src';
import * as nn from '../../src/nn';
import * as optim from '../../src/optim';

/** TrAct changes a gradient and nothing of an optimizer, so another optimizer per part is `multiTransform` or `muon` as ever. */
describe('TrAct with an optimizer of its own for the first layer', () => {
  const model = nn.sequential({
    first: nn.dense(6),
    relu: nn.relu(),
    middle: nn.dense(5),
    head: nn.dense(3),
  });
  type Params = nn.ParamsOf<typeof model>;
  const loss = (params: Params, x: tf.Tensor): tf.Tensor =>
    tf.mean(tf.square(tf.sub(model.apply(params, { first: {}, relu: {}, middle: {}, head: {} }, x)[0], 1)));
  const labels = { first: 'first', relu: 'first', middle: 'rest', head: 'rest' };

  const setting = () => {
    const { params } = model.init(random.key(0), [4]);
    const x = random.normal(random.key(1), [7, 4]);
    const [corrected, plain] = [grad(tract(loss, 0.1))(params, x), grad(loss)(params, x)];
    return { params, corrected, plain };
  };
  const same = (a: unknown, b: unknown): void =>
    (tree.leaves(a) as tf.Tensor[]).forEach((t, i) =>
      t
        .dataSync()
        .forEach((v, k) => expect(v).toBeCloseTo((tree.leaves(b) as tf.Tensor[])[i]!.dataSync()[k]!, 6)),
    );

  it('SGD for it, Adam for the rest (TrAct, Fig. 9)', () =>
    tf.tidy(() => {
      const { params, corrected, plain } = setting();
      const optimizer = optim.multiTransform({ first: optim.sgd(0.3), rest: optim.adam(0.01) }, labels);
      const [updates] = optimizer.update(corrected, optimizer.init(params), params);
      same(updates.first.kernel, tf.mul(-0.3, corrected.first.kernel));
      const adam = optim.adam(0.01);
      same(updates.middle, adam.update(plain, adam.init(params), params)[0].middle);
      expect(
        tf.max(tf.abs(tf.sub(corrected.first.kernel, plain.first.kernel))).dataSync()[0],
      ).toBeGreaterThan(1e-3);
    }));

  it('Muon for hidden matrices, Adam for the first layer and the head', () =>
    tf.tidy(() => {
      const { params, corrected, plain } = setting();
      const optimizer = optim.muon(0.02, {
        labels: { first: 'adam', relu: 'adam', middle: { kernel: 'muon', bias: 'adam' }, head: 'adam' },
        adam: { learningRate: 0.01, nesterov: false },
      });
      const [updates] = optimizer.update(corrected, optimizer.init(params), params);
      const adam = optim.adam(0.01);
      same(updates.first, adam.update(corrected, adam.init(params), params)[0].first);
      same(updates.head, adam.update(plain, adam.init(params), params)[0].head);
      const direction = optim.newtonSchulz(plain.middle.kernel);
      // The first step's momentum points along the gradient, and [6, 5] is tall: no factor for the shape.
      same(updates.middle.kernel, tf.mul(-0.02, direction));
    }));
});
