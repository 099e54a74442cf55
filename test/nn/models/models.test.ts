import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { jit, random, tract, tree, valueAndGrad } from '../../../src';
import * as nn from '../../../src/nn';
import * as optim from '../../../src/optim';
import { effort } from '../../support/runs';

describe('as many parameters as published', () => {
  it.each([
    ['LeNet-5', nn.lenet(), [28, 28, 1], 61_706],
    ['LeNet-5 for 32 x 32', nn.lenet({ padding: 'valid' }), [32, 32, 1], 61_706],
    ['ResNet-18', nn.resnet18(), [32, 32, 3], 11_173_962],
    ['ResNet-18, 100 classes', nn.resnet18({ classes: 100 }), [32, 32, 3], 11_220_132],
    ['ViT', nn.vit(), [32, 32, 3], 6_268_810],
  ] as [string, nn.AnyLayer, number[], number][])('%s', (_, model, shape, count) => {
    const { parameters, outputShape } = nn.summary(model, shape);
    expect(parameters).toBe(count);
    expect(outputShape).toEqual([parameters === 11_220_132 ? 100 : 10]);
  });
});

const small: Record<string, [nn.AnyLayer, number[]]> = {
  lenet: [nn.lenet({ classes: 3 }), [28, 28, 1]],
  convNet: [nn.convNet({ classes: 3, widths: [8, 12] }), [8, 8, 3]],
  resnet18: [nn.resnet18({ classes: 3, width: 4 }), [8, 8, 3]],
  vit: [nn.vit({ classes: 3, layers: 2, heads: 2, features: 12, dropout: 0.1, depthRate: 0.1 }), [8, 8, 3]],
};

/** Classes that differ in brightness: easily learnt. */
function batch(shape: number[], b = 9): { x: tf.Tensor; y: tf.Tensor } {
  return tf.tidy(() => {
    const labels = Array.from({ length: b }, (_, i) => i % 3);
    const y = tf.tensor1d(labels, 'int32');
    const level = tf.reshape(tf.sub(tf.cast(y, 'float32'), 1), [b, ...shape.map(() => 1)]);
    return { x: tf.add(tf.mul(0.3, random.normal(random.key(1), [b, ...shape])), level), y };
  });
}

// In pages a driver on the CPU runs the shaders of all that is here for minutes.
const isBrief = effort().rows > 1;

for (const [name, [model, shape]] of Object.entries(small)) {
  if (isBrief && !['convNet', 'vit'].includes(name)) continue;
  for (const corrected of isBrief ? [true] : [false, true]) {
    it(`${name} trains under jit ${corrected ? 'with' : 'without'} TrAct`, () => {
      const optimizer = optim.adam(0.01);
      const loss = (
        params: unknown,
        state: unknown,
        x: tf.Tensor,
        y: tf.Tensor,
        key: tf.Tensor,
      ): [tf.Tensor, unknown] => {
        const [logits, next] = model.apply(params, state, x, { train: true, key });
        return [tf.mean(nn.softmaxCrossEntropyWithIntegerLabels(logits, y)), next];
      };
      const gradient = valueAndGrad(corrected ? tract(loss, 0.1) : loss, { hasAux: true });
      let traces = 0;
      const step = jit(
        (
          params: unknown,
          state: unknown,
          opt: optim.OptState,
          x: tf.Tensor,
          y: tf.Tensor,
          key: tf.Tensor,
        ) => {
          traces++;
          const [[value, next], g] = gradient(params, state, x, y, key);
          const [updates, after] = optimizer.update(g, opt, params);
          return { params: optim.applyUpdates(params, updates), state: next, opt: after, value };
        },
      );
      const { x, y } = batch(shape);
      const key = random.key(2);
      const { params, state } = model.init(key, shape);
      let now: any = { params, state, opt: optimizer.init(params), value: null };
      const losses: number[] = [];
      for (let i = 0; i < 8; i++) {
        const own = tf.tidy(() => random.fold(key, i));
        const next = step(now.params, now.state, now.opt, x, y, own);
        losses.push(next.value.dataSync()[0]!);
        tree.dispose([now, own]);
        now = next;
      }
      tree.dispose([now, x, y, key]);
      step.dispose();
      expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
      expect(traces).toBe(1);
    });
  }
}
