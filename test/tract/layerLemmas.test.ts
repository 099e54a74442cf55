import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { checkLemma1, checkLemma2 } from '../../src/testing';
import { share } from '../support/runs';
import { casesHere, type LayerCase } from './layerCases';
import { problemOf } from './problem';

const named = (cases: LayerCase[]): [string, LayerCase][] => cases.map((c) => [c.name, c]);
const check = (lemma: typeof checkLemma1, c: LayerCase): void =>
  tf.tidy(() => {
    const { x, w, g } = problemOf(c);
    const bias = tf.zeros([g.shape.at(-1)!]);
    const layer = (p: { w: tf.Tensor; bias: tf.Tensor }, data: tf.Tensor): tf.Tensor =>
      tf.add(c.apply(p.w, data), p.bias);
    lemma(layer, [{ w, bias }, x]);
  });

describe('lemma 1', () => {
  it.each(named(casesHere()))('%s', (_, c) => check(checkLemma1, c));
});

// Dozens of steps, each of which is read.
describe('lemma 2', () => {
  it.each(named(share(casesHere(), 0)))('%s', (_, c) => check(checkLemma2, c));
});
