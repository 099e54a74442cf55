import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, jit, tree } from '../../src';
import * as optim from '../../src/optim';

/** Every transformation that trains by itself: all go through the same tests. */
const optimizers: Record<string, (rate: optim.LearningRate) => optim.GradientTransformation> = {
  sgd: (rate) => optim.sgd(rate),
  'sgd, Nesterov': (rate) => optim.sgd(rate, { momentum: 0.8, nesterov: true }),
  adam: (rate) => optim.adam(rate),
  nadam: (rate) => optim.adam(rate, { nesterov: true }),
  adamw: (rate) => optim.adamw(rate),
  lamb: (rate) => optim.lamb(rate),
  lion: (rate) => optim.lion(rate),
  rmsprop: (rate) => optim.rmsprop(rate, { momentum: 0.5 }),
  adagrad: (rate) => optim.adagrad(rate),
  muon: (rate) => optim.muon(rate),
  clipped: (rate) => optim.chain(optim.clipByGlobalNorm(1), optim.clip(0.9), optim.sgd(rate)),
  averaged: (rate) => optim.chain(optim.ema(0.8), optim.sgd(rate)),
  decayed: (rate) => optim.chain(optim.addDecayedWeights(1e-4), optim.sgd(rate)),
  masked: (rate) => optim.chain(optim.masked(optim.scaleByAdam(), { w: true, deep: false }), optim.sgd(rate)),
  'only if finite': (rate) => optim.applyIfFinite(optim.adam(rate), 3),
  'in one step of one': (rate) => optim.multiSteps(optim.adam(rate), 1),
  multiTransform: (rate) =>
    optim.multiTransform({ a: optim.sgd(rate), b: optim.adam(rate) }, { w: 'a', deep: ['b', 'a', 'b'] }),
};

interface Params {
  w: tf.Tensor;
  deep: [tf.Tensor, { gain: tf.Tensor; none: null }, tf.Tensor];
}

const start = (): Params =>
  tf.tidy(
    () =>
      ({
        w: tf.tensor2d([
          [0.7, -0.4, 0.2],
          [-0.9, 0.5, 0.6],
        ]),
        deep: [tf.tensor1d([0.4, -0.3]), { gain: tf.scalar(0.6), none: null }, tf.fill([1, 2, 1, 2], 0.3)],
      }) as any,
  );

/** Curved differently along each axis, least at 0.1 everywhere. */
const quadratic = (p: Params): tf.Tensor =>
  tf.addN(
    (tree.leaves(p) as tf.Tensor[]).map((leaf, i) =>
      tf.sum(tf.mul(0.5 + 0.25 * i, tf.square(tf.sub(leaf, 0.1)))),
    ),
  );

const values = (t: unknown): number[][] =>
  (tree.leaves(t) as tf.Tensor[]).map((leaf) => Array.from(leaf.dataSync()));

const avals = (t: unknown): string[] =>
  (tree.leaves(t) as tf.Tensor[]).map((x) => `${x.dtype}[${x.shape.join()}]`);

for (const [name, make] of Object.entries(optimizers)) {
  describe(name, () => {
    const step = (optimizer: optim.GradientTransformation) => (params: Params, state: optim.OptState) => {
      const [updates, next] = optimizer.update(grad(quadratic)(params), state, params);
      return { params: optim.applyUpdates(params, updates), state: next };
    };

    it('converges on a quadratic, jitted, in one trace', () => {
      const rate = optim.cosineDecaySchedule(0.08, 120);
      const optimizer = make(rate);
      let traces = 0;
      const train = jit((params: Params, state: optim.OptState) => {
        traces++;
        return step(optimizer)(params, state);
      });
      const first = start();
      let now = { params: first, state: optimizer.init(first) };
      const before = tf.tidy(() => quadratic(now.params).dataSync()[0]!);
      for (let i = 0; i < 120; i++) {
        const next = train(now.params, now.state);
        tree.dispose(now);
        now = next;
      }
      const loss = tf.tidy(() => quadratic(now.params).dataSync()[0]!);
      tree.dispose(now);
      train.dispose();
      expect(loss).toBeLessThan(0.02 * before);
      expect(traces).toBe(1);
    });

    it('jitted and eager steps agree, and old trees may be disposed', () => {
      const optimizer = make(0.05);
      const train = jit(step(optimizer));
      const run = (
        f: (p: Params, s: optim.OptState) => { params: Params; state: optim.OptState },
      ): number[][] => {
        const params = start();
        let now = { params, state: optimizer.init(params) };
        for (let i = 0; i < 3; i++) {
          const next = f(now.params, now.state);
          tree.dispose(now);
          now = next;
        }
        const result = values(now);
        tree.dispose(now);
        return result;
      };
      const eager = run((p, s) => tf.tidy(() => step(optimizer)(p, s) as any) as any);
      const jitted = run(train);
      train.dispose();
      eager.flat().forEach((v, i) => expect(jitted.flat()[i]).toBeCloseTo(v, 5));
    });

    it('keeps the structure, shapes and types of updates and state', () =>
      tf.tidy(() => {
        const optimizer = make(0.1);
        const params = start();
        const state = optimizer.init(params);
        const [updates, next] = optimizer.update(grad(quadratic)(params), state, params);
        tree.assertSameStructure(tree.structure(params), updates, 'updates');
        tree.assertSameStructure(tree.structure(state), next, 'state');
        expect(avals(updates)).toEqual(avals(params));
        expect(avals(next)).toEqual(avals(state));
      }));

    it('leaves arguments as they were and returns tensors of their own', () => {
      const optimizer = make(0.1);
      const params = start();
      const state = optimizer.init(params);
      const gradient = tf.tidy(() => tree.map((p: tf.Tensor) => tf.add(p, 0.1), params) as any);
      const before = values({ params, state, gradient });
      const count = tf.memory().numTensors;
      const [updates, next] = optimizer.update(gradient, state, params);
      const results = tree.leaves([updates, next]) as tf.Tensor[];
      expect(tf.memory().numTensors - count).toBe(results.length);
      expect(new Set([...results, ...tree.leaves([params, state, gradient])]).size).toBe(
        results.length + tree.leaves([params, state, gradient]).length,
      );
      expect(values({ params, state, gradient })).toEqual(before);
      tree.dispose([params, state, gradient, updates, next]);
    });

    it('gives finite updates for zero gradients, and no step where nothing decays', () =>
      tf.tidy(() => {
        const optimizer = make(0.1);
        const params = start();
        const zeros = tree.map(tf.zerosLike, params);
        const [updates] = optimizer.update(zeros, optimizer.init(params), params);
        const decays = ['adamw', 'lion', 'decayed'].includes(name);
        for (const u of values(updates).flat()) {
          if (decays) expect(Math.abs(u)).toBeLessThan(1e-3);
          else expect(Math.abs(u)).toBe(0);
        }
      }));

    it('names the place where a gradient does not fit', () =>
      tf.tidy(() => {
        const optimizer = make(0.1);
        const params = start();
        const state = optimizer.init(params);
        const gradient = grad(quadratic)(params);
        expect(() => optimizer.update({ ...gradient, w: tf.zeros([3, 2]) }, state, params)).toThrow(
          /update: updates at "w" are float32\[3,2\], but the parameter is float32\[2,3\]/,
        );
        expect(() => optimizer.update({ w: gradient.w }, state, params)).toThrow(TypeError);
        expect(() => optimizer.update({ ...gradient, w: 'w' }, state, params)).toThrow(
          /at "w": expected a tensor/,
        );
      }));
  });
}

it.each(Object.entries(optimizers))('%s: leaves without elements change nothing', (_, make) =>
  tf.tidy(() => {
    const { init, update } = make(0.1);
    const w = tf.tensor2d([[3, -4]]);
    const stepOn = (vector: number[], matrix: number[]): number[] => {
      const params = { w, deep: [tf.zeros(vector), { gain: tf.scalar(2), none: null }, tf.zeros(matrix)] };
      const jitted = jit((p: typeof params, state: optim.OptState) => update(p, state, p)[0].w);
      const values = [update(params, init(params), params)[0].w, jitted(params, init(params))].flatMap(
        (u) => [...u.dataSync()],
      );
      jitted.dispose();
      return values;
    };
    // What the memory held before.
    tf.dispose(tf.fill([64], NaN));
    const [found, expected] = [stepOn([0], [3, 0]), stepOn([1], [3, 1])];
    found.forEach((u, i) => expect(u).toBeCloseTo(expected[i]!, 5));
  }),
);
