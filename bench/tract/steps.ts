/**
 * What TrAct adds to a training step, forward and backward.
 *
 *     npx tsx bench/tract/steps.ts [wasm | cpu] [mnist | demo | dense | resnet18 | vit | all] [batch] [seconds per model]
 *
 * Two measures: whole steps with and without, alternating; and the first layer's gradient alone with and without, whose difference over the
 * step's time is the overhead without the noise of everything else.
 */
import * as tf from '@tensorflow/tfjs-core';
import { random, tract, valueAndGrad } from '../../src';
import {
  resnet18,
  vit,
  softmaxCrossEntropyWithIntegerLabels as crossEntropy,
  type AnyLayer,
} from '../../src/nn';
import { alternate } from '../support/alternate';
import { start } from '../support/backends';

type Params = Record<string, unknown>;

interface Model {
  title: string;
  batch: number;
  image: number[];
  /** Parameters, and the loss of a batch. */
  init(): { params: Params; loss: (p: Params, x: tf.Tensor, y: tf.Tensor) => tf.Tensor };
  /** The first layer: its weight's shape, and the layer. */
  weight: number[];
  first(w: tf.Tensor, x: tf.Tensor): tf.Tensor;
}

type T4 = tf.Tensor4D;

const conv =
  (strides: number) =>
  (w: tf.Tensor, x: tf.Tensor): tf.Tensor =>
    tf.conv2d(x as T4, w as T4, strides, 'same');

function ofLayer(model: AnyLayer, image: number[]): ReturnType<Model['init']> {
  const { params, state } = model.init(random.key(1), image);
  return {
    params: params as Params,
    loss: (p, x, y) => tf.mean(crossEntropy(model.apply(p, state, x, { train: true })[0], y)),
  };
}

const models: Record<string, Model> = {
  mnist: {
    title: 'MNIST, conv 5x5x32, pool, conv 5x5x64, pool, dense 10',
    batch: 64,
    image: [28, 28, 1],
    weight: [5, 5, 1, 32],
    first: conv(1),
    init: () => ({
      params: {
        a: tf.randomNormal([5, 5, 1, 32], 0, 0.2),
        b: tf.randomNormal([5, 5, 32, 64], 0, 0.05),
        c: tf.randomNormal([7 * 7 * 64, 10], 0, 0.02),
      },
      loss: (p, x, y) => {
        const { a, b, c } = p as Record<string, tf.Tensor>;
        const h = tf.maxPool(tf.relu(conv(1)(a!, x)) as T4, 2, 2, 'same');
        const k = tf.maxPool(tf.relu(conv(1)(b!, h)) as T4, 2, 2, 'same');
        return tf.mean(crossEntropy(tf.matMul(tf.reshape(k, [-1, 7 * 7 * 64]), c!), y));
      },
    }),
  },
  demo: {
    title: "the demo's net on MNIST: conv 5x5x16 with stride 2, conv 3x3x32, dense 10",
    batch: 128,
    image: [28, 28, 1],
    weight: [5, 5, 1, 16],
    first: conv(2),
    init: () => ({
      params: {
        a: tf.randomNormal([5, 5, 1, 16], 0, 0.2),
        b: tf.randomNormal([3, 3, 16, 32], 0, 0.1),
        c: tf.randomNormal([7 * 7 * 32, 10], 0, 0.02),
      },
      loss: (p, x, y) => {
        const { a, b, c } = p as Record<string, tf.Tensor>;
        const h = tf.maxPool(tf.relu(conv(2)(a!, x)) as T4, 2, 2, 'same');
        const k = tf.relu(conv(1)(b!, h));
        return tf.mean(crossEntropy(tf.matMul(tf.reshape(k, [-1, 7 * 7 * 32]), c!), y));
      },
    }),
  },
  dense: {
    title: 'dense net 784-256-10',
    batch: 128,
    image: [784],
    weight: [784, 256],
    first: (w, x) => tf.matMul(x, w),
    init: () => ({
      params: { a: tf.randomNormal([784, 256], 0, 0.04), b: tf.randomNormal([256, 10], 0, 0.1) },
      loss: (p, x, y) => {
        const { a, b } = p as Record<string, tf.Tensor>;
        return tf.mean(crossEntropy(tf.matMul(tf.relu(tf.matMul(x, a!)), b!), y));
      },
    }),
  },
  resnet18: {
    title: 'CIFAR ResNet-18',
    batch: 16,
    image: [32, 32, 3],
    weight: [3, 3, 3, 64],
    first: conv(1),
    init: () => ofLayer(resnet18(), [32, 32, 3]),
  },
  vit: {
    title: 'CIFAR ViT (7 layers, 384, patch 4)',
    batch: 128,
    image: [32, 32, 3],
    weight: [48, 384],
    first: (w, x) => {
      const cut = tf.transpose(tf.reshape(x, [-1, 4, 8, 12]), [0, 2, 1, 3]);
      return tf.matMul(tf.reshape(cut, [-1, 48]), w);
    },
    init: () => ofLayer(vit(), [32, 32, 3]),
  },
};

const [backend = 'wasm', which = 'all', batchArg, secondsArg = '10'] = process.argv.slice(2);
await start(backend);
for (const name of which === 'all' ? Object.keys(models) : [which]) {
  const model = models[name]!;
  const batch = Number(batchArg ?? model.batch);
  const x = tf.randomUniform([batch, ...model.image]);
  const y = tf.tensor1d(
    Array.from({ length: batch }, (_, i) => i % 10),
    'int32',
  );
  const { params, loss } = model.init();
  const w = tf.randomNormal(model.weight, 0, 0.1);
  const g = tf.tidy(() => tf.randomNormal(model.first(w, x).shape));
  const layer = (v: tf.Tensor, d: tf.Tensor): tf.Tensor => tf.sum(tf.mul(model.first(v, d), g));

  const run = (step: () => [unknown, unknown]): (() => void) => {
    return () =>
      tf.tidy(() => {
        (step()[0] as tf.Tensor).dataSync();
      });
  };
  const seconds = Number(secondsArg);
  const whole = alternate(
    {
      plain: run(() => valueAndGrad(loss)(params, x, y)),
      tract: run(() => valueAndGrad(tract(loss))(params, x, y)),
    },
    seconds,
  );
  const first = alternate(
    {
      plain: run(() => valueAndGrad(layer)(w, x)),
      tract: run(() => valueAndGrad(tract(layer))(w, x)),
    },
    seconds / 2,
  );
  const percent = (share: number): string => `${(100 * share).toFixed(2)} %`;
  const [step, withTract] = [whole.plain!, whole.tract!];
  const added = first.tract!.median - first.plain!.median;
  console.log(`${model.title}, batch ${batch}, ${backend}`);
  console.log(
    `  step ${step.median.toFixed(1)} ms (${step.low.toFixed(1)} to ${step.high.toFixed(1)}), with TrAct ${withTract.median.toFixed(1)} ms ` +
      `(${withTract.low.toFixed(1)} to ${withTract.high.toFixed(1)}): ${percent(withTract.median / step.median - 1)}`,
  );
  console.log(
    `  first layer's gradient ${first.plain!.median.toFixed(2)} ms, with TrAct ${first.tract!.median.toFixed(2)} ms: ${percent(added / step.median)} of a step`,
  );
  console.log(`  ${String(tract.describe(loss, params, x, y)).replaceAll('\n', '\n  ')}`);
  tf.disposeVariables();
}
