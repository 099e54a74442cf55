/** Steps of MLPs: eager and jitted against `tf.variableGrads`' kin `tf.grads`, on one backend. */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import '@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops';
import * as tf from '@tensorflow/tfjs-core';
import { jit, tract, tree, valueAndGrad } from '../src';
import { alternate } from './support/alternate';
import { start } from './support/backends';

type Params = tf.Tensor[];

function setUp(batch: number, sizes: number[]): { params: Params; x: tf.Tensor; y: tf.Tensor } {
  const params = sizes
    .slice(1)
    .flatMap((m, i) => [
      tf.randomNormal([sizes[i]!, m], 0, sizes[i]! ** -0.5, 'float32', i + 1),
      tf.zeros([m]),
    ]);
  const labels = tf.tensor1d(
    Array.from({ length: batch }, (_, i) => i % sizes.at(-1)!),
    'int32',
  );
  return {
    params,
    x: tf.randomNormal([batch, sizes[0]!], 0, 1, 'float32', 9),
    y: tf.cast(tf.oneHot(labels, sizes.at(-1)!), 'float32'),
  };
}

const loss = (p: Params, x: tf.Tensor, y: tf.Tensor): tf.Tensor => {
  let h = x;
  for (let i = 0; i < p.length; i += 2) {
    h = tf.add(tf.matMul(h, p[i]!), p[i + 1]!);
    if (i + 2 < p.length) h = tf.relu(h);
  }
  return tf.losses.softmaxCrossEntropy(y, h) as tf.Tensor;
};

const update = (p: Params, g: Params): Params =>
  tree.map((w: tf.Tensor, d: tf.Tensor) => tf.sub(w, tf.mul(d, 0.01)), p, g) as Params;

const backend = process.argv[2] ?? 'wasm';
await start(backend);
for (const [name, batch, sizes] of [
  ['784-256-10', 128, [784, 256, 10]],
  ['32-32-10', 32, [32, 32, 10]],
  ['32-32-10', 1, [32, 32, 10]],
] as const) {
  const { params, x, y } = setUp(batch, [...sizes]);
  const native = tf.grads((...p: tf.Tensor[]) => loss(p, x, y) as tf.Scalar);
  const ours = valueAndGrad(loss);
  const eager = (p: Params): Params => update(p, ours(p, x, y)[1] as Params);
  const jitted = jit((p: Params, bx: tf.Tensor, by: tf.Tensor) =>
    update(p, valueAndGrad(loss)(p, bx, by)[1] as Params),
  );
  const jittedTract = jit((p: Params, bx: tf.Tensor, by: tf.Tensor) =>
    update(p, valueAndGrad(tract(loss, 0.1))(p, bx, by)[1] as Params),
  );
  const times = alternate({
    'tf.grads': () => tf.tidy(() => void update(params, native(params)).at(-1)!.dataSync()),
    valueAndGrad: () => tf.tidy(() => void eager(params).at(-1)!.dataSync()),
    jit: () => tf.tidy(() => void jitted(params, x, y).at(-1)!.dataSync()),
    'jit tract': () => tf.tidy(() => void jittedTract(params, x, y).at(-1)!.dataSync()),
  });
  const base = times['tf.grads']!.median;
  console.log(`${backend}, MLP ${name}, batch ${batch}`);
  for (const [what, { median, low, high }] of Object.entries(times)) {
    console.log(
      `  ${what.padEnd(14)} ${median.toFixed(3)} ms (${low.toFixed(3)} to ${high.toFixed(3)})  ${(base / median).toFixed(2)} times as fast as tf.grads`,
    );
  }
}
