import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  checkpoint,
  customJvp,
  customVjp,
  evalShape,
  grad,
  hessian,
  hvp,
  jacfwd,
  jacrev,
  jit,
  jvp,
  lax,
  linalg,
  makeJaxpr,
  random,
  stopGradient,
  tract,
  tree,
  valueAndGrad,
  vmap,
} from '../../src';
import * as nn from '../../src/nn';

/*
 * Called outside of any tidy scope, a public function leaves its results, of which the user knows, and nothing else.
 */

let x: tf.Tensor;
let square: tf.Tensor;
let seed: tf.Tensor;
let key: random.Key;

beforeEach(() => {
  x = tf.tensor1d([0.5, -1, 2]);
  square = tf.tensor2d([
    [4, 1, 0],
    [1, 3, 1],
    [0, 1, 5],
  ]);
  seed = tf.scalar(0);
  key = random.key(3);
});
afterEach(() => tree.dispose([x, square, seed, key]));

const f = (p: tf.Tensor): tf.Tensor => tf.sum(tf.mul(p, tf.tanh(p)));
const layer = (w: tf.Tensor, data: tf.Tensor): tf.Tensor => tf.sum(tf.square(tf.matMul(data, w)));

const calls: Record<string, () => unknown> = {
  grad: () => grad(f)(x),
  'grad of grad': () => grad((p: tf.Tensor) => tf.sum(grad(f)(p)))(x),
  valueAndGrad: () => valueAndGrad(f)(x),
  jvp: () => jvp(f, [x], [x]),
  jacrev: () => jacrev(tf.tanh<tf.Tensor>)(x),
  jacfwd: () => jacfwd(tf.tanh<tf.Tensor>)(x),
  hessian: () => hessian(f)(x),
  hvp: () => hvp(f, [x], [x]),
  vmap: () => vmap((row: tf.Tensor) => tf.sum(row))(square),
  checkpoint: () => checkpoint(f)(x),
  stopGradient: () => stopGradient({ a: x }),
  customVjp: () =>
    customVjp((p: tf.Tensor) => tf.sin(p), {
      fwd: (p) => [tf.sin(p), p],
      bwd: (p, ct) => [tf.mul(tf.cos(p as tf.Tensor), ct as tf.Tensor)],
    })(x),
  customJvp: () =>
    customJvp((p: tf.Tensor) => tf.sin(p), {
      jvp: ([p], [t]) => [tf.sin(p as tf.Tensor), tf.mul(tf.cos(p as tf.Tensor), t as tf.Tensor)],
    })(x),
  makeJaxpr: () => void makeJaxpr(f)(x),
  evalShape: () => void evalShape(f, x),
  tract: () => grad(tract(layer, 0.1))(square, square),
  'jit, disposed of': () => {
    const g = jit(f);
    const y = g(x);
    g.dispose();
    return y;
  },
  'linalg.cholesky': () => linalg.cholesky(square),
  'linalg.solve': () => linalg.solve(square, x),
  'linalg.solveTriangular': () => linalg.solveTriangular(square, x),
  'linalg.choleskySolve': () => linalg.choleskySolve(square, x),
  'random.key': () => random.key(1),
  'random.split': () => random.split(key),
  'random.keys': () => random.keys(key, 3),
  'random.fold': () => random.fold(key, 7),
  'random.bits': () => random.bits(key, [4]),
  'random.uniform': () => random.uniform(key, [4]),
  'random.uniform between': () => random.uniform(key, [4], { minval: -1, maxval: 2 }),
  'random.normal': () => random.normal(key, [4]),
  'random.truncatedNormal': () => random.truncatedNormal(key, -1, 1, [4]),
  'random.bernoulli': () => random.bernoulli(key, 0.3, [4]),
  'random.categorical': () => random.categorical(key, x),
  'random.randint': () => random.randint(key, [4], 0, 9),
  'random.permutation': () => random.permutation(key, 5),
  'random.permutation of rows': () => random.permutation(key, square),
  'random.choice': () => random.choice(key, 5, [2]),
  'random.exponential': () => random.exponential(key, [4]),
  'random.gumbel': () => random.gumbel(key, [4]),
  'random.laplace': () => random.laplace(key, [4]),
  'random.logistic': () => random.logistic(key, [4]),
  'random.rademacher': () => random.rademacher(key, [4]),
  'lax.scan': () => lax.scan((c: tf.Tensor, v: tf.Tensor) => [tf.add(c, v), tf.mul(c, v)], seed, x),
  'lax.cond': () => lax.cond(true, tf.sin<tf.Tensor>, tf.cos<tf.Tensor>, x),
  'lax.foriLoop': () => lax.foriLoop(0, 3, (_: tf.Tensor, v: tf.Tensor) => tf.mul(v, 2), x),
  'lax.map': () => lax.map((row: tf.Tensor) => tf.sum(row), square),
  'nn.softmaxCrossEntropy': () => nn.softmaxCrossEntropy(square, square),
  'tree.map': () => tree.map((t: tf.Tensor) => tf.neg(t), { a: x }),
  'tree.ravel': () => tree.ravel({ a: x, b: square })[0],
};

describe('outside of a tidy scope nothing is left but the results', () => {
  it.each(Object.keys(calls))('%s', (name) => {
    // What is made once (registered kernels, tables) is made here.
    tree.dispose(calls[name]!() ?? null);
    const before = tf.memory().numTensors;
    const results = calls[name]!();
    const owned = new Set(tree.leaves(results ?? null).filter((t: unknown) => t instanceof tf.Tensor));
    const made = tf.memory().numTensors - before;
    tree.dispose(results ?? null);
    const left = tf.memory().numTensors - before;
    // Clean up before saying so, for the tests that follow.
    expect({ made, left }).toEqual({ made: owned.size, left: 0 });
  });
});
