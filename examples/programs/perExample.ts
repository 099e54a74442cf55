// The gradient of each example on its own, by vmap of grad: for clipping in private training (Abadi et al. 2016), or to see which examples pull.
import * as tf from '@tensorflow/tfjs-core';
import { grad, random, tree, vmap } from '../../src';
import { dense, relu, sequential, softmaxCrossEntropyWithIntegerLabels } from '../../src/nn';
import type { Settings } from './example';

export function perExample({ short, say }: Settings): {
  norms: number[];
  difference: number;
  clipped: number;
} {
  return tf.tidy(() => {
    const b = short ? 8 : 64;
    const net = sequential({ hidden: dense(16), relu: relu(), head: dense(3) });
    const { params, state } = net.init(random.key(0), [10]);
    const x = random.normal(random.key(1), [b, 10]);
    const y = tf.tensor1d(
      Array.from({ length: b }, (_, i) => i % 3),
      'int32',
    );

    type Params = typeof params;
    const lossOfBatch = (p: Params, xs: tf.Tensor, ys: tf.Tensor): tf.Tensor =>
      tf.mean(softmaxCrossEntropyWithIntegerLabels(net.apply(p, state, xs)[0], ys));
    const lossOfOne = (p: Params, one: tf.Tensor, label: tf.Tensor): tf.Tensor =>
      lossOfBatch(p, tf.expandDims(one, 0), tf.expandDims(label, 0));

    const each = vmap(grad(lossOfOne), { inAxes: [null, 0, 0] })(params, x, y) as Params; // leaves [b, ...]
    const leaves = tree.leaves(each) as tf.Tensor[];
    const norms = tf.sqrt(tf.addN(leaves.map((g) => tf.sum(tf.square(tf.reshape(g, [b, -1])), 1)))); // [b]

    // Their mean is the gradient of the batch.
    const whole = tree.leaves(grad(lossOfBatch)(params, x, y)) as tf.Tensor[];
    const difference = Math.max(
      ...leaves.map((g, i) => tf.max(tf.abs(tf.sub(tf.mean(g, 0), whole[i]!))).dataSync()[0]!),
    );

    // Clipped, no example has a norm above 1.
    const factor = tf.minimum(1, tf.div(1, norms));
    const clipped = leaves.map((g) => tf.mul(g, tf.reshape(factor, [b, ...g.shape.slice(1).map(() => 1)])));
    const after = tf.sqrt(tf.addN(clipped.map((g) => tf.sum(tf.square(tf.reshape(g, [b, -1])), 1))));
    const largest = tf.max(after).dataSync()[0]!;
    const all = Array.from(norms.dataSync());
    say(
      `norms of ${b} gradients: ${Math.min(...all).toFixed(3)} to ${Math.max(...all).toFixed(3)}, clipped at most ${largest.toFixed(3)}`,
    );
    say(`their mean and the gradient of the batch differ by ${difference.toExponential(1)}`);
    return { norms: all, difference, clipped: largest };
  });
}
