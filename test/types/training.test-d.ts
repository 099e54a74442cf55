import * as tf from '@tensorflow/tfjs-core';
import { describe, expectTypeOf, test } from 'vitest';
import { jit, random, tract, valueAndGrad } from '../../src';
import * as nn from '../../src/nn';
import * as optim from '../../src/optim';

describe('nn', () => {
  const model = nn.sequential({ conv: nn.conv2d(8, 3), norm: nn.batchNorm(), head: nn.dense(10) });
  type Params = nn.ParamsOf<typeof model>;
  type State = nn.StateOf<typeof model>;

  test('parameters and state have the types of the layers, by name', () => {
    expectTypeOf<Params['conv']>().toEqualTypeOf<nn.KernelParams>();
    expectTypeOf<Params['norm']>().toEqualTypeOf<nn.NormParams>();
    expectTypeOf<State['norm']>().toEqualTypeOf<nn.BatchStatistics>();
    expectTypeOf(model.init(random.key(0), [8, 8, 3]).params).toEqualTypeOf<Params>();
    // @ts-expect-error there is no such layer
    void model.init(random.key(0), [8, 8, 3]).params.tail;
  });

  test('or by position', () => {
    const pair = nn.sequential(nn.dense(3), nn.batchNorm());
    expectTypeOf(pair.init(random.key(0), [2]).params[0]).toEqualTypeOf<nn.KernelParams>();
    expectTypeOf<nn.StateOf<typeof pair>[1]>().toEqualTypeOf<nn.BatchStatistics>();
  });

  test('a training step needs no annotation beyond its arguments', () => {
    const optimizer = optim.adam(1e-3);
    const loss = (params: Params, state: State, x: tf.Tensor, y: tf.Tensor): [tf.Tensor, State] => {
      const [logits, next] = model.apply(params, state, x, { train: true });
      expectTypeOf(logits).toEqualTypeOf<tf.Tensor>();
      expectTypeOf(next).toEqualTypeOf<State>();
      return [tf.mean(nn.softmaxCrossEntropyWithIntegerLabels(logits, y)), next];
    };
    const gradient = valueAndGrad(tract(loss, 0.1), { hasAux: true });
    const step = jit((params: Params, state: State, opt: optim.OptState, x: tf.Tensor, y: tf.Tensor) => {
      const [[value, next], g] = gradient(params, state, x, y);
      const [updates, after] = optimizer.update(g, opt, params);
      expectTypeOf(updates).toEqualTypeOf(g);
      return { value, params: optim.applyUpdates(params, updates), state: next, opt: after };
    });
    expectTypeOf(step).returns.toHaveProperty('state').toEqualTypeOf<State>();
    expectTypeOf(step).returns.toHaveProperty('params').toExtend<Params>();
  });
});

describe('optim', () => {
  test('new parameters have the type of the old ones, with tensors for numbers', () => {
    const params = { w: tf.zeros([2, 2]) as tf.Tensor2D, b: 0 };
    expectTypeOf(optim.applyUpdates(params, params)).toEqualTypeOf<{ w: tf.Tensor2D; b: tf.Tensor }>();
  });

  test('a learning rate is a number, a scalar or a schedule', () => {
    expectTypeOf(optim.sgd).parameter(0).toEqualTypeOf<number | tf.Tensor | optim.Schedule>();
    // @ts-expect-error not a string
    optim.sgd('0.1');
    // @ts-expect-error no such option
    optim.adam(0.1, { beta1: 0.9 });
  });
});
