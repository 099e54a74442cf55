import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, tract, valueAndGrad } from '../../src';
import { share } from '../support/runs';
import { casesHere } from './layerCases';
import { relativeError, tractGradient } from './oracle';
import { gradientOf, plainGradientOf, problemOf, rowsByProbing, stackOf } from './problem';

const distance = (a: tf.Tensor, b: tf.Tensor): number =>
  relativeError([Array.from(a.dataSync())], [Array.from(b.dataSync())]);

// In layerLemmas.test.ts each kind has a test on every backend.
describe.each(share(casesHere(), 0).map((c) => [c.name, c] as const))('%s', (_, c) => {
  const { apply } = c;

  it('is (x^T x / b + lambda I)^-1 x^T g, in float64', () =>
    tf.tidy(() => {
      const problem = problemOf(c);
      for (const lambda of [0.01, 0.1, 2]) {
        const found = stackOf(c.matrices(gradientOf(apply, problem, lambda)));
        const cotangents = stackOf(c.rows(problem.g));
        rowsByProbing(c, problem.x).forEach((x, s) => {
          expect(relativeError(found[s]!, tractGradient(x, cotangents[s]!, lambda))).toBeLessThan(1e-5);
        });
      }
    }));

  it('leaves values, bias and input gradient bit for bit', () =>
    tf.tidy(() => {
      const { x, w, g } = problemOf(c);
      const bias = tf.fill([g.shape.at(-1)!], 0.5);
      const loss = (p: { w: tf.Tensor; bias: tf.Tensor }, data: tf.Tensor): tf.Tensor =>
        tf.sum(tf.mul(tf.square(tf.add(apply(p.w, data), p.bias)), g));
      const argnums = c.entries ? ([0] as const) : ([0, 1] as const);
      const [value, [plain, plainInput]] = valueAndGrad(loss, { argnums })({ w, bias }, x);
      const [same, [found, input]] = valueAndGrad(tract(loss, 0.1), { argnums })({ w, bias }, x);
      expect(same.dataSync()).toEqual(value.dataSync());
      expect(found.bias.dataSync()).toEqual(plain.bias.dataSync());
      expect((input as tf.Tensor | undefined)?.dataSync()).toEqual(
        (plainInput as tf.Tensor | undefined)?.dataSync(),
      );
      expect(distance(found.w, plain.w)).toBeGreaterThan(0.01);
    }));

  it('is equal in primal and dual form', () =>
    tf.tidy(() => {
      const problem = problemOf(c);
      const primal = gradientOf(apply, problem, { form: 'primal' });
      expect(distance(gradientOf(apply, problem, { form: 'dual' }), primal)).toBeLessThan(1e-5);
    }));

  it('becomes the plain gradient over lambda as lambda grows', () =>
    tf.tidy(() => {
      const problem = problemOf(c);
      const found = tf.mul(gradientOf(apply, problem, 1e6), 1e6);
      expect(distance(found, plainGradientOf(apply, problem))).toBeLessThan(1e-4);
    }));

  it('does not change as the data are doubled', () =>
    tf.tidy(() => {
      const problem = problemOf(c);
      const once = gradientOf(apply, problem);
      const sum = (v: tf.Tensor, d: tf.Tensor): tf.Tensor => tf.sum(tf.mul(apply(v, d), problem.g));
      // Two uses of one layer, each with half of the cotangent: the mean loss over a batch that has everything twice.
      const twice = grad(
        tract((v: tf.Tensor, d: tf.Tensor) => tf.mul(0.5, tf.add(sum(v, d), sum(v, tf.clone(d))))),
      )(problem.w, problem.x);
      expect(distance(twice, once)).toBeLessThan(1e-5);
    }));
});
