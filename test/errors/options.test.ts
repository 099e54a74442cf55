import * as tf from '@tensorflow/tfjs-core';
import { describe } from 'vitest';
import { random } from '../../src';
import * as nn from '../../src/nn';
import * as optim from '../../src/optim';
import { checkGrads, checkLemma1, checkLemma2 } from '../../src/testing';
import { line, throws } from '../support/line';

/** Each function that takes options, called with some, and one of its options. */
const calls: Record<string, [call: (options: never) => unknown, known: string]> = {
  dense: [(o) => nn.dense(1, o), 'useBias'],
  conv1d: [(o) => nn.conv1d(1, 1, o), 'strides'],
  conv2d: [(o) => nn.conv2d(1, 1, o), 'kernelInit'],
  conv3d: [(o) => nn.conv3d(1, 1, o), 'padding'],
  depthwiseConv2d: [(o) => nn.depthwiseConv2d(1, o), 'multiplier'],
  convTranspose2d: [(o) => nn.convTranspose2d(1, 1, o), 'biasInit'],
  patchEmbedding: [(o) => nn.patchEmbedding(1, 1, o), 'useBias'],
  embedding: [(o) => nn.embedding(1, 1, o), 'init'],
  classToken: [(o) => nn.classToken(o), 'init'],
  positionEmbedding: [(o) => nn.positionEmbedding(o), 'init'],
  batchNorm: [(o) => nn.batchNorm(o), 'decay'],
  layerNorm: [(o) => nn.layerNorm(o), 'eps'],
  groupNorm: [(o) => nn.groupNorm(1, o), 'scale'],
  attention: [(o: object) => nn.attention({ heads: 1, ...o }), 'causal'],
  transformerBlock: [(o: object) => nn.transformerBlock({ heads: 1, ...o }), 'hidden'],
  gru: [(o) => nn.gru(1, o), 'sequences'],
  lstm: [(o) => nn.lstm(1, o), 'forgetBias'],
  rnn: [(o) => nn.rnn(1, o), 'reverse'],
  maxPool: [(o) => nn.maxPool(1, o), 'strides'],
  avgPool: [(o) => nn.avgPool(1, o), 'padding'],
  gelu: [(o) => nn.gelu(tf.scalar(1), o), 'approximate'],
  'flatten: apply': [(o) => nn.flatten().apply({}, {}, tf.ones([1, 1]), o), 'train'],
  convNet: [(o) => nn.convNet(o), 'widths'],
  lenet: [(o) => nn.lenet(o), 'padding'],
  resnet18: [(o) => nn.resnet18(o), 'width'],
  vit: [(o) => nn.vit(o), 'patch'],
  softmaxCrossEntropy: [(o) => nn.softmaxCrossEntropy(tf.ones([1]), tf.ones([1]), o), 'labelSmoothing'],
  softmaxCrossEntropyWithIntegerLabels: [
    (o) => nn.softmaxCrossEntropyWithIntegerLabels(tf.ones([1]), tf.scalar(0, 'int32'), o),
    'labelSmoothing',
  ],
  huberLoss: [(o) => nn.huberLoss(tf.ones([1]), tf.ones([1]), o), 'delta'],
  sgd: [(o) => optim.sgd(1, o), 'momentum'],
  adam: [(o) => optim.adam(1, o), 'b1'],
  adamw: [(o) => optim.adamw(1, o), 'weightDecay'],
  lamb: [(o) => optim.lamb(1, o), 'mask'],
  lion: [(o) => optim.lion(1, o), 'b2'],
  muon: [(o) => optim.muon(1, o), 'labels'],
  'muon: adam': [(adam) => optim.muon(1, { adam }), 'learningRate'],
  rmsprop: [(o) => optim.rmsprop(1, o), 'centered'],
  adagrad: [(o) => optim.adagrad(1, o), 'eps'],
  scaleByAdam: [(o) => optim.scaleByAdam(o), 'epsRoot'],
  scaleByRms: [(o) => optim.scaleByRms(o), 'decay'],
  scaleByRss: [(o) => optim.scaleByRss(o), 'initialAccumulatorValue'],
  scaleByLion: [(o) => optim.scaleByLion(o), 'b1'],
  scaleByMuon: [(o) => optim.scaleByMuon(o), 'beta'],
  scaleByTrustRatio: [(o) => optim.scaleByTrustRatio(o), 'eps'],
  ema: [(o) => optim.ema(0.9, o), 'debias'],
  trace: [(o) => optim.trace(0.9, o), 'nesterov'],
  newtonSchulz: [(o) => optim.newtonSchulz(tf.eye(1), o), 'steps'],
  linearSchedule: [(o) => optim.linearSchedule(0, 1, 1, o), 'begin'],
  polynomialSchedule: [(o) => optim.polynomialSchedule(0, 1, 1, 1, o), 'begin'],
  exponentialDecay: [(o) => optim.exponentialDecay(1, 1, 0.5, o), 'staircase'],
  cosineDecaySchedule: [(o) => optim.cosineDecaySchedule(1, 1, o), 'alpha'],
  cosineOnecycleSchedule: [(o) => optim.cosineOnecycleSchedule(1, 1, o), 'pctStart'],
  linearOnecycleSchedule: [(o) => optim.linearOnecycleSchedule(1, 1, o), 'pctFinal'],
  warmupCosineDecaySchedule: [(o) => optim.warmupCosineDecaySchedule(o), 'peakValue'],
  warmupExponentialDecaySchedule: [(o) => optim.warmupExponentialDecaySchedule(o), 'rate'],
  'random.uniform': [(o) => random.uniform(random.key(0), [], o), 'minval'],
  'random.categorical': [(o) => random.categorical(random.key(0), tf.ones([2]), o), 'axis'],
  'random.permutation': [(o) => random.permutation(random.key(0), 2, o), 'axis'],
  'random.choice': [(o) => random.choice(random.key(0), 2, [], o), 'replace'],
  checkGrads: [(o) => checkGrads(tf.sin as never, [1], o), 'order'],
  checkLemma1: [(o) => checkLemma1(tf.matMul, [tf.eye(1), tf.eye(1)], o), 'lambda'],
  checkLemma2: [(o) => checkLemma2(tf.matMul, [tf.eye(1), tf.eye(1)], o), 'seed'],
};

describe('options of layers, losses, optimizers, schedules and samplers', () => {
  line('that are misspelt are named, beside those that there are', () => {
    for (const [name, [call, known]] of Object.entries(calls))
      throws(
        () => tf.tidy(() => void call({ [`${known}s`]: 1 } as never)),
        TypeError,
        name.replace(': apply', ''),
        `no option ${known}s, only`,
        ` ${known}`,
      );
  });
  line('that are NaN', () => {
    throws(() => optim.adam(1, { eps: NaN }), RangeError, 'adam', 'eps', 'NaN');
    throws(() => nn.layerNorm({ eps: NaN }), RangeError, 'layerNorm', 'eps', 'NaN');
  });
  line('that are none', () => {
    throws(() => nn.dense(1, null as never), TypeError, 'dense', 'object of options', 'null');
    throws(() => optim.adam(1, 0.9 as never), TypeError, 'adam', 'object of options', '0.9');
  });
});
