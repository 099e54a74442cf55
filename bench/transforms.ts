/** What transformations cost: vmap of per-example gradients against a loop over examples, Hessian-vector products against gradients. */
import * as tf from '@tensorflow/tfjs-core';
import { grad, hvp, vmap } from '../src';
import { alternate, type Times } from './support/alternate';
import { start } from './support/backends';

const backend = process.argv[2] ?? 'wasm';
await start(backend);

const BATCH = 64;
const sizes = [32, 32, 10] as const;
const params = sizes
  .slice(1)
  .flatMap((m, i) => [
    tf.randomNormal([sizes[i]!, m], 0, sizes[i]! ** -0.5, 'float32', i + 1),
    tf.zeros([m]),
  ]);
const x = tf.randomNormal([BATCH, sizes[0]], 0, 1, 'float32', 9);
const y = tf.randomNormal([BATCH, sizes[2]], 0, 1, 'float32', 10);

const loss = (p: tf.Tensor[], input: tf.Tensor, target: tf.Tensor): tf.Tensor => {
  const [w1, b1, w2, b2] = p as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const rows = tf.reshape(input, [-1, sizes[0]]);
  const h = tf.tanh(tf.add(tf.matMul(rows, w1), b1));
  return tf.mean(tf.squaredDifference(tf.add(tf.matMul(h, w2), b2), tf.reshape(target, [-1, sizes[2]])));
};

/** Runs it and waits for its values. */
const settle = (run: () => tf.Tensor[]) => (): void => tf.tidy(() => void run().at(-1)!.dataSync());

const perExample = vmap(grad(loss), { inAxes: [null, 0, 0] });
const examples = (t: tf.Tensor): tf.Tensor[] => tf.unstack(t);
const gradients = alternate({
  loop: settle(() => {
    const targets = examples(y);
    const all = examples(x).map((row, i) => grad(loss)(params, row, targets[i]!) as tf.Tensor[]);
    return params.map((_, k) => tf.stack(all.map((g) => g[k]!)));
  }),
  vmap: settle(() => perExample(params, x, y) as tf.Tensor[]),
});
report(`per-example gradients of an MLP 32-32-10, batch ${BATCH}`, gradients, 'loop');

const f = (p: tf.Tensor[]): tf.Tensor => loss(p, x, y);
const direction = params.map((p, i) => tf.randomNormal(p.shape, 0, 1, 'float32', 20 + i));
const products = alternate({
  grad: settle(() => grad(f)(params) as tf.Tensor[]),
  hvp: settle(() => hvp(f, [params], [direction])[0] as tf.Tensor[]),
});
report(`Hessian-vector product of the same, whole batch`, products, 'grad');

function report(what: string, times: Record<string, Times>, reference: string): void {
  console.log(`${backend}, ${what}`);
  for (const [name, { median, low, high }] of Object.entries(times)) {
    const ratio = (times[reference]!.median / median).toFixed(2);
    console.log(
      `  ${name.padEnd(6)} ${median.toFixed(3)} ms (${low.toFixed(3)} to ${high.toFixed(3)})  ${ratio} times as fast as ${reference}`,
    );
  }
}
