// A real training loop, the same for every page, worker and runtime: a small convolutional network learns to tell made-up pictures apart.

/** Text of the module `train.js`, which exports `train(backend)`. */
export const training = `
import * as tf from '@tensorflow/tfjs-core';
import { tract, tree, valueAndGrad } from 'tfjs-tract';

/** Stripes along the rows or along the columns, under noise: [images [n, 8, 8, 1], one-hot labels [n, 2]]. */
function pictures(n) {
  let state = 1;
  const next = () => (state = (state * 48271) % 2147483647) / 2147483647;
  const images = [];
  const labels = [];
  for (let i = 0; i < n; i++) {
    const phase = Math.floor(next() * 2);
    labels.push([1 - (i % 2), i % 2]);
    for (let h = 0; h < 8; h++) {
      for (let w = 0; w < 8; w++) images.push(((i % 2 ? w : h) + phase) % 2 + next() - 0.5);
    }
  }
  return [tf.tensor4d(images, [n, 8, 8, 1]), tf.tensor2d(labels)];
}

function loss(p, x, y) {
  const features = tf.avgPool(tf.relu(tf.add(tf.conv2d(x, p.filter, 1, 'same'), p.bias)), 4, 4, 'valid');
  const logits = tf.matMul(tf.reshape(features, [x.shape[0], -1]), p.w);
  return tf.neg(tf.mean(tf.sum(tf.mul(y, tf.logSoftmax(logits)), 1)));
}

/** Loss of the first and of the last step, and how many tensors the loop left. */
export async function train(backend, steps = 30) {
  if (!(await tf.setBackend(backend))) throw new Error('the backend ' + backend + ' did not start');
  await tf.ready();
  const before = tf.memory().numTensors;
  const [x, y] = pictures(32);
  let params = tf.tidy(() => ({
    filter: tf.randomNormal([3, 3, 1, 4], 0, 0.3, 'float32', 3),
    bias: tf.zeros([4]),
    w: tf.randomNormal([16, 2], 0, 0.3, 'float32', 4),
  }));
  const step = valueAndGrad(tract(loss, 0.1));
  const losses = [];
  for (let i = 0; i < steps; i++) {
    const [value, next] = tf.tidy(() => {
      const [value, gradients] = step(params, x, y);
      return [value, tree.map((p, g) => tf.sub(p, tf.mul(g, 0.3)), params, gradients)];
    });
    tf.dispose(params);
    params = next;
    losses.push((await value.data())[0]);
    value.dispose();
  }
  tf.dispose([params, x, y]);
  return { backend: tf.getBackend(), first: losses[0], last: losses.at(-1), left: tf.memory().numTensors - before };
}
`;

/** Throws unless the training that gave this result did what it should. */
export function check({ backend, first, last, left }, expected) {
  console.log(`${expected}: loss ${first.toFixed(3)} -> ${last.toFixed(3)}`);
  if (backend !== expected) throw new Error(`trained on ${backend} in place of ${expected}`);
  if (!(last < 0.5 * first)) throw new Error(`the loss went from ${first} to ${last}`);
  if (left !== 0) throw new Error(`${left} tensors left`);
}
