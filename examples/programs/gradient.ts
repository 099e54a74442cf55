// Gradient of anything: loops, branches, sorting and trees of parameters are differentiated as they stand, to any order.
import * as tf from '@tensorflow/tfjs-core';
import { grad } from '../../src';
import type { Settings } from './example';

/** Square root of a, by ten steps of Newton's method: x <- (x + a / x) / 2. */
function squareRoot(a: tf.Tensor): tf.Tensor {
  let x: tf.Tensor = tf.onesLike(a);
  for (let i = 0; i < 10; i++) x = tf.mul(0.5, tf.add(x, tf.div(a, x)));
  return x;
}

/** Mean of the two largest values, each through a bend at zero. */
function peaks({ heights, slope }: { heights: tf.Tensor; slope: tf.Tensor }): tf.Tensor {
  const { values } = tf.topk(heights, 2);
  return tf.mean(tf.where(tf.greater(values, 0), values, tf.mul(slope, values)));
}

export function gradient({ say }: Settings): { roots: number[]; heights: number[]; slope: number } {
  return tf.tidy(() => {
    // Derivatives of the square root at 4: 1/2 a^(-1/2), -1/4 a^(-3/2), 3/8 a^(-5/2).
    const first = grad(squareRoot);
    const second = grad((a: tf.Tensor) => first(a));
    const third = grad((a: tf.Tensor) => second(a));
    const at = tf.scalar(4);
    const roots = [squareRoot, first, second, third].map((f) => f(at).dataSync()[0]!);
    say(`sqrt(4) and its derivatives, through Newton's method: ${roots.map((r) => r.toFixed(6)).join(', ')}`);

    const found = grad(peaks)({ heights: tf.tensor1d([3, -5, -1, -4]), slope: tf.scalar(0.1) });
    const heights = Array.from(found.heights.dataSync());
    const slope = found.slope.dataSync()[0]!;
    say(
      `gradient of the mean of the two largest: ${heights.map((h) => h.toFixed(2)).join(', ')}; of the slope ${slope}`,
    );
    return { roots, heights, slope };
  });
}
