import * as tf from '@tensorflow/tfjs-core';
import { tree } from '../../src';
import type { Params } from './model';

/** Running means of the gradient and of its square, and how many steps they have seen. */
export type AdamState = { step: tf.Tensor; mean: Params; square: Params };

export function adamInit(params: Params): AdamState {
  return { step: tf.scalar(0), mean: tree.map(tf.zerosLike, params), square: tree.map(tf.zerosLike, params) };
}

/**
 * One step of Adam (Kingma and Ba 2015) with plain tf ops: any gradient will do, TrAct's too.
 *
 * @returns the new parameters and state; the old ones stay the caller's
 */
export function adamStep(
  params: Params,
  gradient: Params,
  state: AdamState,
  {
    rate,
    beta1 = 0.9,
    beta2 = 0.999,
    epsilon = 1e-8,
  }: { rate: number; beta1?: number; beta2?: number; epsilon?: number },
): { params: Params; state: AdamState } {
  const step = tf.add(state.step, 1);
  const average = (beta: number) => (old: tf.Tensor, now: tf.Tensor) =>
    tf.add(tf.mul(old, beta), tf.mul(now, 1 - beta));
  const mean = tree.map(average(beta1), state.mean, gradient);
  const square = tree.map(average(beta2), state.square, tree.map(tf.square, gradient));
  const debias = (beta: number) => tf.sub(1, tf.pow(beta, step)); // the mean of so few gradients is too small by this
  const size = tf.div(tf.mul(rate, tf.sqrt(debias(beta2))), debias(beta1));
  const updated = tree.map(
    (p: tf.Tensor, m: tf.Tensor, v: tf.Tensor) =>
      tf.sub(p, tf.mul(size, tf.div(m, tf.add(tf.sqrt(v), epsilon)))),
    params,
    mean,
    square,
  );
  return { params: updated, state: { step, mean, square } };
}
