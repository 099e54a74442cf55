import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { tract } from '../../src';
import { isStandIn } from '../support/runs';
import { casesHere, layerCases, type LayerCase } from './layerCases';
import { mixingOf, symmetries, type Symmetry } from './layerSymmetries';
import { relativeError } from './oracle';
import { gradientOf, outputOf, plainGradientOf, problemOf, uniform, type Problem } from './problem';

const distance = (a: tf.Tensor, b: tf.Tensor): number =>
  relativeError([Array.from(a.dataSync())], [Array.from(b.dataSync())]);
const norm = (t: tf.Tensor): number => tf.norm(t).dataSync()[0]!;

const seeds = isStandIn() ? ['1'] : ['1', '2'];
const eachProblem = (c: LayerCase, body: (problem: Problem, seed: string) => void): void => {
  for (const seed of seeds) tf.tidy(() => body(problemOf(c, seed), seed));
};

/** An order of 0 .. n - 1 that changes something, if there is another. */
const order = (n: number, seed: string): tf.Tensor1D => {
  const keys = Array.from(uniform([n], `${seed} order`).dataSync());
  const sorted = keys.map((_, i) => i).sort((i, j) => keys[i]! - keys[j]!);
  if (n > 1 && sorted.every((v, i) => v === i)) sorted.reverse();
  return tf.tensor1d(sorted, 'int32');
};
const reordered = (t: tf.Tensor, axis: number, places: tf.Tensor1D): tf.Tensor => tf.gather(t, places, axis);

/** A matrix with orthonormal columns: a product of reflections. */
function rotation(n: number, seed: string): tf.Tensor2D {
  let m: tf.Tensor2D = tf.eye(n);
  for (let k = 0; k < 2; k++) {
    const v = uniform([n, 1], `${seed} ${k} mirror`);
    const mirror = tf.sub(tf.eye(n), tf.div(tf.mul(2, tf.matMul(v, v, false, true)), tf.sum(tf.square(v))));
    m = tf.matMul(m, mirror);
  }
  return m;
}
const mixture = (n: number, seed: string): tf.Tensor2D =>
  tf.add(tf.mul(uniform([n, n], `${seed} mixture`), 0.4), tf.eye(n));

it('every kind of layer states its symmetries, or why it has none', () => {
  expect(Object.keys(symmetries).sort()).toEqual(layerCases.map(({ name }) => name).sort());
});

// Where a driver stands in for a graphics card all kinds take a minute: there every sixth, since layers.test.ts has each.
const cases = casesHere()
  .filter((_, i) => !isStandIn() || i % 6 === 0)
  .map((c): [string, LayerCase, Symmetry] => [c.name, c, symmetries[c.name]!]);

describe('examples in another order change nothing, nor does a batch that is repeated, as a mean', () => {
  const having = cases.filter(([, , { examples }]) => typeof examples !== 'string');
  it.each(having)('%s', (_, c, { examples }) => {
    const [dataAxis, outputAxis] = examples as readonly [number, number];
    eachProblem(c, ({ x, w, g }, seed) => {
      const found = gradientOf(c.apply, { x, w, g });
      const places = order(x.shape[dataAxis]!, seed);
      const moved = { x: reordered(x, dataAxis, places), w, g: reordered(g, outputAxis, places) };
      expect(distance(gradientOf(c.apply, moved), found)).toBeLessThan(1e-5);
      const repeated = {
        x: tf.concat([x, x], dataAxis),
        w,
        g: tf.div(tf.concat([g, g], outputAxis), 2),
      };
      expect(distance(gradientOf(c.apply, repeated), found)).toBeLessThan(1e-5);
    });
  });
});

describe('features', () => {
  const having = cases.filter(([, c, s]) => mixingOf(s, c.data) !== undefined);

  it.each(having)(
    '%s: in another order, or another orthonormal basis, the gradient is in it too',
    (_, c, s) => {
      const { size, data, weight } = mixingOf(s, c.data)!;
      eachProblem(c, ({ x, w, g }, seed) => {
        const found = gradientOf(c.apply, { x, w, g });
        const permutation = tf.gather(tf.eye(size), order(size, seed)) as tf.Tensor2D;
        for (const m of [permutation, rotation(size, seed)]) {
          const moved = gradientOf(c.apply, { x: data(x, m), w: weight(w, m), g });
          expect(distance(moved, weight(found, m))).toBeLessThan(1e-5);
        }
      });
    },
  );

  it.each(having)('%s: however they are mixed, z changes alike as lambda goes to zero', (_, c, s) => {
    const { size, data } = mixingOf(s, c.data)!;
    eachProblem(c, ({ x, w, g }, seed) => {
      const change = (u: tf.Tensor): tf.Tensor => outputOf(c, gradientOf(c.apply, { x: u, w, g }, 1e-6), u);
      const mixedData = data(x, mixture(size, seed));
      expect(distance(change(mixedData), change(x))).toBeLessThan(5e-3);
      // With a large lambda it does matter: the test can fail.
      if (seed === seeds[0]) {
        const plain = (u: tf.Tensor): tf.Tensor => outputOf(c, plainGradientOf(c.apply, { x: u, w, g }), u);
        expect(distance(plain(data(x, mixture(size, seed))), plain(x))).toBeGreaterThan(0.02);
      }
    });
  });

  const lookups = cases.filter(([, c]) => c.entries !== undefined);
  it.each(lookups)('%s: entries with other names', (_, c) => {
    eachProblem(c, ({ x, w, g }, seed) => {
      const places = order(c.entries!, seed);
      // Entry i is now entry names[i].
      const names = tf.tensor1d(
        Array.from({ length: c.entries! }, (__, i) => places.dataSync().indexOf(i)),
        'int32',
      );
      const axis = c.weight.indexOf(c.entries!);
      const isPairs = c.name.startsWith('gatherND');
      // Of pairs of indices, the first.
      const renamed = isPairs
        ? tf.concat(
            [tf.gather(names, tf.slice(x, 0, [...x.shape.slice(0, -1), 1]) as tf.Tensor1D), second(x)],
            x.rank - 1,
          )
        : tf.gather(names, x as tf.Tensor1D);
      const moved = gradientOf(c.apply, { x: renamed, w: reordered(w, axis, places), g });
      expect(distance(moved, reordered(gradientOf(c.apply, { x, w, g }), axis, places))).toBeLessThan(1e-6);
    });
  });
});

const second = (pairs: tf.Tensor): tf.Tensor => {
  const lead = pairs.shape.slice(0, -1);
  return tf.slice(pairs, [...lead.map(() => 0), 1], [...lead, 1]);
};

describe('as lambda goes to zero, one step reaches the optimum of least squares', () => {
  it.each(cases)('%s', (_, c) =>
    eachProblem(c, ({ x, w, g: y }) => {
      const b = c.rows(y).shape[1]!;
      // The cotangent of |z - y|^2 / (2 b).
      const cotangent = (v: tf.Tensor): tf.Tensor => tf.div(tf.sub(outputOf(c, v, x), y), b);
      const before = cotangent(w);
      const after = tf.sub(w, gradientOf(c.apply, { x, w, g: before }, 1e-6));
      const slope = (v: tf.Tensor): number => norm(plainGradientOf(c.apply, { x, w: v, g: cotangent(v) }));
      expect(slope(w)).toBeGreaterThan(0.01);
      expect(slope(after) / slope(w)).toBeLessThan(2e-3);
    }),
  );
});

describe('tract.describe has finite numbers, and sizes that fit', () => {
  it.each(cases)('%s', (_, c) =>
    tf.tidy(() => {
      const { x, w, g } = problemOf(c);
      const f = (v: tf.Tensor, d: tf.Tensor): tf.Tensor => tf.sum(tf.mul(c.apply(v, d), g));
      const { layers, share, operations, stepOperations } = tract.describe(f, w, x);
      for (const value of [share, operations, stepOperations]) {
        expect(value).toBeGreaterThan(0);
        expect(value).toBeLessThan(Infinity);
      }
      const size = layers.reduce((sum, { n, m, stacks }) => sum + n * m * stacks, 0);
      expect(size).toBe(w.size);
      const [, rows] = c.rows(g).shape as [number, number];
      for (const { b, condition } of layers) {
        expect(b).toBe(rows);
        // Not read on the way on webgpu and webgl.
        if (isStandIn()) continue;
        expect(condition).toBeGreaterThanOrEqual(1 - 1e-6);
        expect(condition).toBeLessThan(1e6);
      }
    }),
  );
});
