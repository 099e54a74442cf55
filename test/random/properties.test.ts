import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { grad, jit, jvp, random, vmap } from '../../src';
import { drawKernel } from '../../src/random/primitives';
import { permutationByTopK } from '../../src/random/permutationByTopK';
import { closeTo } from '../support/cases';
import { runs } from '../support/runs';
import { tolerance } from '../support/tolerance';

type Draws = Record<string, (key: tf.Tensor) => tf.Tensor>;
const draws: Draws = {
  bits: (k) => random.bits(k, [4]),
  uniform: (k) => random.uniform(k, [2, 3], { minval: -1, maxval: 2 }),
  normal: (k) => random.normal(k, [3]),
  truncatedNormal: (k) => random.truncatedNormal(k, -1, 1.5, [3]),
  exponential: (k) => random.exponential(k, [3]),
  gumbel: (k) => random.gumbel(k, [3]),
  bernoulli: (k) => random.bernoulli(k, tf.tensor([0.2, 0.5, 0.9])),
  rademacher: (k) => random.rademacher(k, [5]),
  randint: (k) => random.randint(k, [4], -3, 12),
  categorical: (k) => random.categorical(k, tf.tensor([0.1, 1, -1]), { shape: [4] }),
  permutation: (k) => random.permutation(k, 7),
  'permutation of a tensor': (k) => random.permutation(k, tf.tensor([[1, 2, 3]]), { axis: 1 }),
  choice: (k) => random.choice(k, 9, [2, 2]),
  'choice without replacement': (k) => random.choice(k, tf.tensor([5, 6, 7]), [2], { replace: false }),
  'weighted choice': (k) => random.choice(k, 3, [4], { p: tf.tensor([0.2, 0.3, 0.5]) }),
  'split and fold': (k) => random.uniform(random.fold(random.split(k, 3)[1]!, 5), [2]),
};
const values = (t: tf.Tensor): number[] => Array.from(t.dataSync());

describe.each(Object.entries(draws))('%s', (_, draw) => {
  it('is a function of its key', () => {
    tf.tidy(() => {
      expect(values(draw(random.key(3)))).toEqual(values(draw(random.key(3))));
    });
  });

  it('under vmap is the loop over keys', () => {
    tf.tidy(() => {
      const all = random.keys(random.key(5), 4);
      const whole = vmap(draw)(all);
      const each = tf.stack(tf.unstack(all).map((k) => draw(k)));
      closeTo(whole, each, tolerance().regrouped);
    });
  });

  it('under jit is itself, and draws anew for each key', () => {
    const jitted = jit(draw);
    tf.tidy(() => {
      for (const seed of [1, 2, 1]) {
        const [found, expected] = [jitted(random.key(seed)), draw(random.key(seed))];
        expect(found.dtype).toBe(expected.dtype);
        values(found).forEach((x, i) => expect(x).toBeCloseTo(values(expected)[i]!, 5));
      }
    });
    jitted.dispose();
  });
});

describe('streams', () => {
  const seeds = fc.integer({ min: -(2 ** 31), max: 2 ** 32 });

  it('of different keys differ', () => {
    fc.assert(
      fc.property(seeds, fc.nat(1000), (seed, data) => {
        tf.tidy(() => {
          const key = random.key(seed);
          const [a, b] = random.split(key);
          const streams = [key, a!, b!, random.fold(a!, data)].map((k) => values(random.bits(k, [8])).join());
          expect(new Set(streams).size).toBe(4);
        });
      }),
      { numRuns: runs(30) },
    );
  });

  it('of split keys are uncorrelated, and so are those of folded ones', () => {
    tf.tidy(() => {
      const [a, b] = random.split(random.key(11));
      const xs = [a!, b!, random.fold(a!, 0), random.fold(a!, 1)].map((k) => random.normal(k, [20000]));
      for (let i = 0; i < xs.length; i++)
        for (let j = 0; j < i; j++)
          expect(Math.abs(tf.mean(tf.mul(xs[i]!, xs[j]!)).dataSync()[0]!)).toBeLessThan(0.03); // 4 standard errors
    });
  });

  it('a longer draw begins like a shorter one', () => {
    tf.tidy(() => {
      const [short, long] = [4, 9].map((n) => values(random.uniform(random.key(8), [n])));
      expect(long!.slice(0, 4)).toEqual(short);
    });
  });
});

describe('moments', () => {
  const n = 40000;
  const moments = (x: tf.Tensor): number[] => {
    const { mean, variance } = tf.moments(tf.cast(x, 'float32'));
    return [mean.dataSync()[0]!, variance.dataSync()[0]!];
  };
  it.each<[string, (k: tf.Tensor) => tf.Tensor, number, number]>([
    ['uniform', (k) => random.uniform(k, [n]), 0.5, 1 / 12],
    ['normal', (k) => random.normal(k, [n]), 0, 1],
    ['truncatedNormal', (k) => random.truncatedNormal(k, -1, 1, [n]), 0, 0.29112],
    ['exponential', (k) => random.exponential(k, [n]), 1, 1],
    ['gumbel', (k) => random.gumbel(k, [n]), 0.57722, Math.PI ** 2 / 6],
    ['laplace', (k) => random.laplace(k, [n]), 0, 2],
    ['logistic', (k) => random.logistic(k, [n]), 0, Math.PI ** 2 / 3],
    ['bernoulli', (k) => random.bernoulli(k, 0.3, [n]), 0.3, 0.21],
    ['rademacher', (k) => random.rademacher(k, [n]), 0, 1],
    ['randint', (k) => random.randint(k, [n], -2, 5), 1, 4],
  ])('%s', (_, draw, mean, variance) => {
    tf.tidy(() => {
      const [m, v] = moments(draw(random.key(17)));
      expect(Math.abs(m! - mean)).toBeLessThan(5 * Math.sqrt(variance / n));
      expect(Math.abs(v! - variance) / variance).toBeLessThan(0.06);
    });
  });

  it('categorical and weighted choices have their frequencies', () => {
    tf.tidy(() => {
      const p = [0.1, 0.2, 0.7];
      for (const draw of [
        random.categorical(random.key(1), tf.log(p), { shape: [n] }),
        random.choice(random.key(1), 3, [n], { p: tf.tensor(p) }),
      ]) {
        const drawn = values(draw);
        p.forEach((share, i) => expect(drawn.filter((x) => x === i).length / n).toBeCloseTo(share, 2 - 0.3));
      }
    });
  });
});

describe('permutation', () => {
  it('holds every element once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 }), fc.integer(), (n, seed) => {
        tf.tidy(() => {
          expect(values(random.permutation(random.key(seed), n)).sort((a, b) => a - b)).toEqual(
            Array.from({ length: n }, (_, i) => i),
          );
        });
      }),
      { numRuns: runs(30) },
    );
  });

  it('by topk is the same', () => {
    tf.tidy(() => {
      const key = random.key(21);
      expect(values(permutationByTopK(key, 20, drawKernel))).toEqual(values(random.permutation(key, 20)));
      const stack = random.keys(key, [3]);
      expect(values(permutationByTopK(stack, 5, drawKernel))).toEqual(
        values(vmap((k: tf.Tensor) => random.permutation(k, 5))(stack)),
      );
    });
  });
});

describe('derivatives', () => {
  it('flow through parameters and not into keys', () => {
    tf.tidy(() => {
      const key = random.key(2);
      const u = values(random.uniform(key, [3]));
      const f = (low: tf.Tensor): tf.Tensor => tf.sum(random.uniform(key, [3], { minval: low, maxval: 2 }));
      expect(grad(f)(tf.scalar(0.5)).dataSync()[0]).toBeCloseTo(
        u.reduce((s, x) => s + 1 - x, 0),
        5,
      );
    });
  });

  it('of truncated normals agree in both modes and with finite differences', () => {
    tf.tidy(() => {
      const key = random.key(4);
      const f = (a: tf.Tensor): tf.Tensor => random.truncatedNormal(key, a, tf.scalar(1.5));
      const at = tf.scalar(-0.7);
      const d = grad(f)(at).dataSync()[0]!;
      expect(jvp(f, [at], [tf.scalar(1)])[1].dataSync()[0]).toBeCloseTo(d, 5);
      const h = 1e-2;
      const [up, down] = [f(tf.scalar(-0.7 + h)), f(tf.scalar(-0.7 - h))].map((t) => t.dataSync()[0]!);
      expect(d).toBeCloseTo((up! - down!) / (2 * h), 3);
    });
  });
});
