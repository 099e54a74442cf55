// The Hessian of a small tanh net, whole and as products with vectors, and Newton's method with it.
import * as tf from '@tensorflow/tfjs-core';
import { hessian, hvp, linalg, random, tree, valueAndGrad } from '../../src';
import type { Settings } from './example';

type Net = { inner: tf.Tensor; bias: tf.Tensor; outer: tf.Tensor };

export function tanhHessian({ short, say }: Settings): {
  asymmetry: number;
  difference: number;
  losses: number[];
} {
  return tf.tidy(() => {
    const [a, b, c] = random.split(random.key(0), 3);
    const net: Net = {
      inner: random.normal(a, [1, 5]),
      bias: random.normal(c, [5]),
      outer: tf.mul(0.5, random.normal(b, [5, 1])),
    };
    const x = tf.reshape(tf.linspace(-2, 2, 32), [32, 1]);
    const y = tf.sin(x);
    // A little decay makes the Hessian regular near the minimum.
    const loss = ({ inner, bias, outer }: Net): tf.Tensor => {
      const predicted = tf.matMul(tf.tanh(tf.add(tf.matMul(x, inner), bias)), outer);
      const decay = tf.addN([inner, bias, outer].map((w) => tf.sum(tf.square(w))));
      return tf.add(tf.mean(tf.squaredDifference(predicted, y)), tf.mul(1e-3, decay));
    };

    // As a function of one long vector, so that the Hessian is one matrix.
    const [start, unravel] = tree.ravel(net);
    const flat = (w: tf.Tensor): tf.Tensor => loss(unravel(w) as Net);
    const H = hessian(flat)(start) as tf.Tensor2D;
    const asymmetry = tf.max(tf.abs(tf.sub(H, tf.transpose(H)))).dataSync()[0]!;
    const v = random.normal(random.key(1), start.shape);
    const [product] = hvp(flat, [start], [v]);
    const whole = tf.matMul(H, tf.reshape(v, [-1, 1]));
    const difference = tf.max(tf.abs(tf.sub(tf.reshape(whole, [-1]), product as tf.Tensor))).dataSync()[0]!;
    say(
      `Hessian ${H.shape.join(' x ')}: asymmetry ${asymmetry.toExponential(1)}, H v and hvp differ by ${difference.toExponential(1)}`,
    );

    // Newton's method, damped by Levenberg and Marquardt: more where a step fails, less where it helps.
    const both = valueAndGrad(flat);
    let w: tf.Tensor = start;
    let damping = 1;
    const losses = [flat(w).dataSync()[0]!];
    for (let i = 0; i < (short ? 12 : 60); i++) {
      const [, g] = both(w);
      const A = tf.add(hessian(flat)(w) as tf.Tensor, tf.mul(damping, tf.eye(w.size)));
      const next = tf.sub(w, tf.reshape(linalg.solve(A, tf.reshape(g, [-1, 1])), [-1]));
      const value = flat(next).dataSync()[0]!;
      if (value < losses.at(-1)!) {
        w = next;
        losses.push(value);
        damping /= 4;
      } else damping *= 8;
    }
    say(
      `Newton's method: loss ${losses[0]!.toFixed(4)} to ${losses.at(-1)!.toFixed(6)} in ${losses.length - 1} steps`,
    );
    return { asymmetry, difference, losses };
  });
}
