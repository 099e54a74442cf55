import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { customVjp } from '../../src';
import { checkLemma1, checkLemma2 } from '../../src/testing';
import { uniform } from '../tract/problem';

interface Params {
  w: tf.Tensor;
  bias: tf.Tensor;
}

const params = (): Params => ({ w: uniform([4, 3], 'w'), bias: uniform([3], 'bias') });
const layer = (p: Params, x: tf.Tensor): tf.Tensor => tf.add(tf.matMul(x, p.w), p.bias);
const inTidy = (name: string, body: () => void): void => it(name, () => tf.tidy(body));

describe('checkLemma1 and checkLemma2', () => {
  inTidy('pass for linear layers, also with dependent features and few rows', () => {
    const x = uniform([9, 4], 'x');
    const dependent = tf.concat([tf.slice(x, [0, 0], [9, 2]), tf.slice(x, [0, 0], [9, 2])], 1);
    for (const data of [x, dependent, uniform([2, 4], 'few'), tf.ones([6, 4])]) {
      for (const lambda of [0.01, 0.1, 10]) {
        checkLemma1(layer, [params(), data], { lambda });
        checkLemma2(layer, [params(), data], { lambda });
      }
    }
  });

  inTidy('pass for a reparametrisation that only moves entries', () => {
    const moved = (p: Params, x: tf.Tensor): tf.Tensor =>
      layer({ ...p, w: tf.reverse(tf.reshape(p.w, [4, 3]), 0) }, x);
    checkLemma1(moved, [params(), uniform([9, 4], 'x')]);
    checkLemma2(moved, [params(), uniform([9, 4], 'x')]);
  });

  inTidy('fail where the layer is not linear in its weight', () => {
    const squashed = (p: Params, x: tf.Tensor): tf.Tensor => tf.tanh(layer(p, x));
    expect(() => checkLemma1(squashed, [params(), uniform([9, 4], 'x')])).toThrow(/checkLemma1.*"w"/);
  });

  inTidy("fail where the layer's derivative is wrong", () => {
    // Twice the true gradient of the weight: its own transposed map does not fit.
    const wrong = customVjp((w: tf.Tensor) => tf.clone(w), {
      fwd: (w: tf.Tensor) => [tf.clone(w), null],
      bwd: (_: null, g: tf.Tensor) => [tf.mul(g, tf.tensor2d([1, 3, 1, 1, 3, 1, 1, 3, 1, 5, 1, 1], [4, 3]))],
    });
    const bent = (p: Params, x: tf.Tensor): tf.Tensor => layer({ ...p, w: wrong(p.w) }, x);
    expect(() => checkLemma1(bent, [params(), uniform([9, 4], 'x')])).toThrow();
  });

  inTidy('name a parameter that is not the weight itself', () => {
    const low = (p: { u: tf.Tensor; v: tf.Tensor }, x: tf.Tensor): tf.Tensor =>
      tf.matMul(x, tf.matMul(p.u, p.v));
    const args = [{ u: uniform([4, 2], 'u'), v: uniform([2, 3], 'v') }, uniform([9, 4], 'x')];
    expect(() => checkLemma1(low, args)).toThrow(/checkLemma1: the weight of BatchMatMul.*u, v/);
    expect(() => checkLemma2(low, args)).toThrow(/checkLemma2: the weight of BatchMatMul.*u, v/);
  });

  inTidy('say where there is no first layer', () => {
    const scale = (p: Params, x: tf.Tensor): tf.Tensor => tf.mul(x, tf.sum(p.w));
    expect(() => checkLemma2(scale, [params(), uniform([9, 4], 'x')])).toThrow(/no first layer/);
  });
});
