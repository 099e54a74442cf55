import * as tf from '@tensorflow/tfjs-core';
import { describe } from 'vitest';
import { disableJit, lax, random, tree, vmap } from '../../src';
import * as nn from '../../src/nn';
import * as optim from '../../src/optim';
import { expectTraces } from '../../src/testing';
import { line, throws } from '../support/line';

type Row = [given: unknown, call: (given: any) => unknown, kind: new () => Error, ...said: string[]];

const key = (): tf.Tensor => random.key(0);
const vector = (): tf.Tensor => tf.tensor1d([1, 2]);
const square = (): tf.Tensor => tf.eye(2);
const double = (x: tf.Tensor): tf.Tensor => tf.mul(x, 2);
const gone = (shape: number[], dtype: tf.DataType = 'float32'): tf.Tensor => {
  const t = tf.zeros(shape, dtype);
  t.dispose();
  return t;
};
const apply = (layer: nn.Layer<any, any>, shape: number[], change: object): unknown => {
  const { params, state } = layer.init(key(), shape);
  const given = { params, state, x: tf.ones([2, ...shape]), ...change };
  return layer.apply(given.params, given.state, given.x, { train: true });
};

/** What is given to a function, which error it is, and what that says. */
const tables: Record<string, () => Row[]> = {
  'whole numbers': () => [
    [0.5, (steps) => optim.scaleByMuon({ steps }), RangeError, 'scaleByMuon: steps', 'whole number', '0.5'],
    [-1, (steps) => optim.newtonSchulz(square(), { steps }), RangeError, 'newtonSchulz: steps', '-1'],
    [-1, (n) => optim.applyIfFinite(optim.sgd(1), n), RangeError, 'maxConsecutiveErrors', 'at least 0', '-1'],
    ['3', (n) => optim.applyIfFinite(optim.sgd(1), n), TypeError, 'maxConsecutiveErrors', 'a number', '"3"'],
    [
      1.5,
      (length) => lax.scan((c) => [c, null], 0, null, { length }),
      RangeError,
      'lax.scan',
      'length',
      '1.5',
    ],
    [null, (length) => lax.scan((c) => [c, null], 0, null, { length }), TypeError, 'length', 'null'],
    [-1, (axisSize) => vmap(double, { axisSize }), RangeError, 'vmap', 'axisSize', 'at least 0', '-1'],
    ['2', (axisSize) => vmap(double, { axisSize }), TypeError, 'vmap', 'axisSize', '"2"'],
    [-1, (n) => expectTraces(double, n), RangeError, 'expectTraces: count', '-1'],
    [null, (n) => nn.dense(n), TypeError, 'dense: features', 'null'],
    [0, (n) => nn.embedding(3, n), RangeError, 'embedding: features', 'positive whole number', '0'],
    [null, (size) => nn.conv2d(1, size), TypeError, 'conv2d: size[0]', 'null'],
    [[3, 0.5], (size) => nn.conv2d(1, size), RangeError, 'conv2d: size[1]', '0.5'],
    [{}, (strides) => nn.maxPool(2, { strides }), TypeError, 'maxPool: strides[0]', 'object'],
    [[1, 1, 1], (strides) => nn.conv2d(1, 1, { strides }), RangeError, 'strides', '2 axes', '3'],
    [Infinity, (layers) => nn.vit({ layers }), RangeError, 'vit: layers', 'Infinity'],
    [0.5, (position) => nn.takePosition(position), RangeError, 'takePosition: position', '0.5'],
    [[2, null], (shape) => nn.reshapeTo(shape), TypeError, 'reshapeTo: shape', 'array of length 2'],
    [4, (k) => nn.topKAccuracy(square(), tf.zeros([2], 'int32'), k), RangeError, 'topKAccuracy: k', '2', '4'],
    [0.5, (axis) => random.permutation(key(), square(), { axis }), RangeError, 'permutation: axis', '0.5'],
    ['0', (axis) => random.categorical(key(), square(), { axis }), TypeError, 'axis', '"0"'],
    [-1, (n) => random.permutation(key(), n), RangeError, 'random.permutation', 'elements', '-1'],
    [gone([]), (n) => random.randint(key(), 2, 0, n), TypeError, 'randint: maxval', 'float32[]'],
    [0.5, (i) => lax.switch(i, [double], vector()), TypeError, 'lax.switch', 'whole number', '0.5'],
  ],
  'other numbers': () => [
    [
      -1,
      (v) => optim.adagrad(1, { initialAccumulatorValue: v }),
      RangeError,
      'initialAccumulatorValue',
      '-1',
    ],
    [-1, (initialScale) => optim.rmsprop(1, { initialScale }), RangeError, 'scaleByRms: initialScale', '-1'],
    [0, (consistentRms) => optim.muon(1, { consistentRms }), RangeError, 'consistentRms', 'positive', '0'],
    [Infinity, (norm) => optim.clipByGlobalNorm(norm), RangeError, 'clipByGlobalNorm: maxNorm', 'Infinity'],
    ['1', (delta) => optim.clip(delta), TypeError, 'clip: maxDelta', '"1"'],
    [
      0,
      (delta) => nn.huberLoss(square(), square(), { delta }),
      RangeError,
      'huberLoss: delta',
      'positive',
      '0',
    ],
    [null, (forgetBias) => nn.lstm(2, { forgetBias }), TypeError, 'lstm: forgetBias', 'null'],
    [tf.ones([2]), (rate) => optim.adam(rate), TypeError, 'learning rate', 'scalar', 'float32[2]'],
    [tf.ones([2]), (factor) => optim.scale(factor), TypeError, 'scale: factor', 'float32[2]'],
    [NaN, (at) => optim.scaleBySchedule(() => at).update(vector(), [tf.scalar(0)]), TypeError, 'structure'],
    [Infinity, (maxval) => random.uniform(key(), [2], { maxval }), RangeError, 'uniform: maxval', 'Infinity'],
    [null, (minval) => random.uniform(key(), [2], { minval }), TypeError, 'uniform: minval', 'null'],
    [tf.ones([3]), (minval) => random.uniform(key(), 2, { minval }), RangeError, 'minval', '[3]', '[2]'],
    [tf.ones([3]), (low) => random.truncatedNormal(key(), low, 2, [2]), RangeError, 'lower', '[3]', '[2]'],
    [tf.ones([3]), (p) => random.bernoulli(key(), p, [2]), RangeError, 'bernoulli: p', '[3]', '[2]'],
  ],
  schedules: () => [
    [
      0.9,
      (pctStart) => optim.linearOnecycleSchedule(9, 1, { pctStart }),
      RangeError,
      'pctFinal',
      '0.9',
      '0.85',
    ],
    [0, (divFactor) => optim.cosineOnecycleSchedule(9, 1, { divFactor }), RangeError, 'divFactor', '0'],
    [[9, 5], (at) => optim.joinSchedules([() => 1, () => 2, () => 3], at), RangeError, 'ascend', '[9, 5]'],
    [null, (at) => optim.joinSchedules([() => 1], at), TypeError, 'joinSchedules', 'arrays', 'null'],
    [
      null,
      (scales) => optim.piecewiseConstantSchedule(1, scales),
      TypeError,
      'piecewiseConstantSchedule',
      'null',
    ],
    [null, (endValue) => optim.exponentialDecay(1, 1, 0.5, { endValue }), TypeError, 'endValue', 'null'],
    [
      'a',
      (steps) => optim.warmupConstantSchedule(0, 1, steps),
      TypeError,
      'warmupConstantSchedule: steps',
      '"a"',
    ],
    [
      5,
      (decaySteps) => optim.warmupCosineDecaySchedule({ peakValue: 1, warmupSteps: 10, decaySteps }),
      RangeError,
      'warmupCosineDecaySchedule: decaySteps',
      '5 and 10',
    ],
    [
      undefined,
      (rate) => optim.warmupExponentialDecaySchedule({ peakValue: 1, warmupSteps: 10, steps: 1, rate }),
      RangeError,
      'warmupExponentialDecaySchedule: rate',
    ],
    [gone([]), (count) => optim.constantSchedule(1)(count), Error, 'constantSchedule: count', 'disposed'],
  ],
  'truth values': () => [
    ['no', (useBias) => nn.dense(1, { useBias }), TypeError, 'dense: useBias', 'boolean', '"no"'],
    [1, (nesterov) => optim.sgd(1, { nesterov }), TypeError, 'nesterov', 'boolean', 'number 1'],
    [
      null,
      (reverse) => lax.map(double, vector()) && lax.scan((c) => [c, null], 0, null, { length: 1, reverse }),
      TypeError,
      'reverse',
      'null',
    ],
  ],
  tensors: () => [
    [gone([2, 2]), (x) => nn.l2Loss(x, square()), Error, 'l2Loss: predictions', 'disposed'],
    [gone([2], 'int32'), (y) => nn.accuracy(square(), y), Error, 'accuracy: labels', 'disposed'],
    [3, (x) => nn.accuracy(x, tf.zeros([2], 'int32')), TypeError, 'accuracy: logits', 'number 3'],
    [[1, 2], (x) => nn.gelu(x), TypeError, 'gelu: x', 'array of length 2'],
    [null, (x) => nn.silu(x), TypeError, 'silu: x', 'null'],
    [[[1]], (g) => optim.newtonSchulz(g), TypeError, 'newtonSchulz: g', 'array of length 1'],
    [tf.ones([2, 2], 'int32'), (g) => optim.newtonSchulz(g), TypeError, 'newtonSchulz', 'int32[2,2]'],
    [gone([2]), (x) => random.permutation(key(), x), Error, 'random.permutation', 'disposed'],
    [{ w: 'a' }, (x) => optim.globalNorm(x), TypeError, 'globalNorm at "w"', '"a"'],
    [3, (k) => random.gumbel(k), TypeError, 'random.gumbel: key', 'number 3'],
    [-1, (shape) => random.rademacher(key(), shape), RangeError, 'random.rademacher: shape', '-1'],
    [tf.scalar(1), (xs) => lax.map(double, xs), RangeError, 'lax.map', '[]'],
    ['a', (init) => lax.foriLoop(0, 2, (_, x) => x, init), TypeError, 'lax.foriLoop', '"a"'],
    [
      'a',
      (init) => lax.foriLoop(0, tf.scalar(2, 'int32'), (_, x) => x, init),
      TypeError,
      'lax.foriLoop',
      '"a"',
    ],
  ],
  'functions and structures': () => [
    [3, (f) => tree.map(f, [1]), TypeError, 'tree.map', 'function', 'number 3'],
    [null, (f) => tree.mapWithPath(f, [1]), TypeError, 'tree.mapWithPath', 'null'],
    [null, (f) => tree.reduce(f, [1, 2]), TypeError, 'tree.reduce', 'null'],
    [{ a: 1 }, (s) => tree.unflatten(s, [1]), TypeError, 'tree.unflatten', 'structure', 'keys a'],
    [3, (f) => disableJit(f), TypeError, 'disableJit', 'function', 'number 3'],
    [null, (model) => nn.summary(model, [2]), TypeError, 'summary: model', 'no layer'],
    [null, (parts) => optim.multiTransform(parts, 'a'), TypeError, 'multiTransform', 'null'],
    [null, (parts) => nn.defineLayer('mine', parts), TypeError, 'defineLayer', 'null', 'no layer'],
  ],
  'params, states and examples of a layer': () => [
    [
      {},
      (params) => apply(nn.dense(2), [3], { params }),
      TypeError,
      'dense: params',
      'keys bias, kernel',
      'without',
    ],
    [
      { kernel: tf.ones([4, 2]), bias: tf.zeros([2]) },
      (params) => apply(nn.dense(2), [3], { params }),
      RangeError,
      'dense: params at "kernel"',
      'float32[3,2]',
      'float32[4,2]',
    ],
    [
      [{ kernel: gone([3, 2]), bias: tf.zeros([2]) }],
      (params) => apply(nn.sequential(nn.dense(2)), [3], { params }),
      Error,
      'sequential: params at "0/kernel"',
      'disposed',
    ],
    [
      { kernel: 'a', bias: tf.zeros([1]) },
      (params) => apply(nn.dense(1), [1], { params }),
      RangeError,
      'dense: params at "kernel"',
      '"a"',
    ],
    [
      {},
      (state) => apply(nn.batchNorm(), [3], { state }),
      TypeError,
      'batchNorm: state',
      'keys mean, variance',
    ],
    [
      tf.ones([2, 3]),
      (x) => apply(nn.conv2d(1, 3), [4, 4, 1], { x }),
      RangeError,
      'conv2d: expected examples',
      '[3]',
    ],
    [
      tf.ones([1, 5, 4, 1]),
      (x) => apply(nn.patchEmbedding(1, 2), [4, 4, 1], { x }),
      RangeError,
      'patchEmbedding: patches of 2 x 2',
      '5 x 4',
    ],
  ],
};

describe('values that are none of those a function takes are named', () => {
  for (const [title, rows] of Object.entries(tables))
    line(title, () => {
      for (const [given, call, kind, ...said] of rows())
        throws(
          () => tf.tidy(() => void call(given)),
          kind,
          ...said.map((s) => new RegExp(s.replace(/[\\[\](){}.*+?^$|]/g, '\\$&'))),
        );
    });

  line('an error that is not of what a layer was given stays as it is', () => {
    const layer = nn.sequential(
      nn.dense(2),
      nn.activation(() => {
        throw new Error('of its own');
      }),
    );
    throws(() => tf.tidy(() => void apply(layer, [3], {})), Error, /^of its own$/);
  });
});
