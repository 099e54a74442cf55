import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { checkpoint, customVjp, grad, jit, jvp, lax, random, tract, vmap } from '../../src';
import { isStandIn } from '../support/runs';
import { relativeError } from './oracle';
import { uniform } from './problem';

const inTidy = (name: string, body: () => void): void => it(name, () => tf.tidy(body));
const close = (found: tf.Tensor, expected: tf.Tensor): void => {
  expect(found.shape).toEqual(expected.shape);
  expect(relativeError([Array.from(found.dataSync())], [Array.from(expected.dataSync())])).toBeLessThan(2e-5);
};

type Net = (w: tf.Tensor, x: tf.Tensor) => tf.Tensor;
const energy: Net = (w, x) => tf.mean(tf.square(tf.matMul(x, w)));
const total: Net = (w, x) => tf.sum(tf.square(tf.matMul(x, w)));
const w = (): tf.Tensor => uniform([4, 3], 'w');
const x = (b = 6): tf.Tensor => uniform([b, 4], 'x');
const xs = (): tf.Tensor => uniform([3, 6, 4], 'xs');
const overSteps: Net = (v, rows) => tf.sum(lax.map((row: tf.Tensor) => energy(v, row), rows));
const twice: Net = (v, u) => tf.add(energy(v, u), energy(v, x(3)));

describe('small and empty', () => {
  inTidy('one number', () =>
    close(grad(tract(total))(tf.ones([1, 1]), tf.ones([1, 1])), tf.tensor2d([[2 / 1.1]])),
  );
  // tfjs's webgpu backend has no tensors without elements: it reads and writes one all the same. Shaders of webgl can't read one.
  const unlessInShaders = (name: string, body: () => void): void =>
    isStandIn() ? undefined : inTidy(name, body);
  unlessInShaders('no rows: no gradient, in either form', () => {
    for (const form of ['primal', 'dual', 'auto'] as const) {
      const found = grad(tract(total, { form }))(w(), tf.zeros([0, 4]));
      expect(Array.from(found.dataSync())).toEqual(new Array(12).fill(0));
    }
    const noWords = grad(tract((v: tf.Tensor, i: tf.Tensor) => tf.sum(tf.gather(v, i as tf.Tensor1D))))(
      w(),
      tf.tensor1d([], 'int32'),
    );
    expect(noWords.dataSync().every((v) => v === 0)).toBe(true);
    const conv = (v: tf.Tensor, u: tf.Tensor): tf.Tensor =>
      tf.sum(tf.conv2d(u as tf.Tensor4D, v as tf.Tensor4D, 1, 'same'));
    expect(grad(tract(conv))(tf.ones([2, 2, 1, 1]), tf.zeros([0, 4, 4, 1])).dataSync()).toEqual(
      new Float32Array(4),
    );
    expect(String(tract.describe(total, w(), tf.zeros([0, 4])))).toMatch(/b 0, n 4, m 3/);
  });
  unlessInShaders('no features, no outputs, no steps', () => {
    expect(grad(tract(total))(tf.zeros([0, 3]), tf.zeros([5, 0])).shape).toEqual([0, 3]);
    expect(grad(tract(total))(tf.zeros([4, 0]), x()).shape).toEqual([4, 0]);
    const none = (v: tf.Tensor, rows: tf.Tensor): tf.Tensor => tf.add(energy(v, x()), overSteps(v, rows));
    close(grad(tract(none))(w(), tf.zeros([0, 6, 4])), grad(tract(energy))(w(), x()));
  });
});

describe('what goes in', () => {
  inTidy('data of integers and truths', () => {
    const counts = tf.cast(tf.round(tf.mul(x(), 4)), 'int32');
    close(grad(tract(energy))(w(), counts), grad(tract(energy))(w(), tf.cast(counts, 'float32')));
    const truths = tf.greater(x(), 0);
    close(grad(tract(energy))(w(), truths), grad(tract(energy))(w(), tf.cast(truths, 'float32')));
  });
  inTidy('parameters that are numbers, nothing, integers or variables', () => {
    const expected = grad(tract(energy))(w(), x());
    const scaled = (p: { w: tf.Tensor; s: number | tf.Tensor | null }, u: tf.Tensor): tf.Tensor =>
      tf.mul(energy(p.w, u), p.s ?? 1);
    close(grad(tract(scaled))({ w: w(), s: 2 as never }, x()).w, tf.mul(expected, 2));
    close(grad(tract(scaled))({ w: w(), s: null }, x()).w, expected);
    close(tract(scaled)({ w: w(), s: tf.scalar(3, 'int32') }, x()), tf.mul(energy(w(), x()), 3));
    const variable = tf.variable(w());
    close(grad(tract(energy))(variable as tf.Tensor, x()), expected);
    variable.dispose();
  });
  inTidy('dropout before the layer, by a key: the rows are those that the layer sees', () => {
    const mask = random.bernoulli(random.key(1), 0.5, [6, 4]);
    const dropped: Net = (v, u) => energy(v, tf.mul(u, random.bernoulli(random.key(1), 0.5, u.shape)));
    close(grad(tract(dropped))(w(), x()), grad(tract(energy))(w(), tf.mul(x(), mask)));
  });
  inTidy('disposed parameters are named', () => {
    const gone = w();
    gone.dispose();
    const f = (p: { w: tf.Tensor }, u: tf.Tensor): tf.Tensor => energy(p.w, u);
    expect(() => tract(f)({ w: gone }, x())).toThrow(/params at "w".*disposed/);
  });
  inTidy('more features than a Gram matrix can have is an error before memory runs out', () => {
    const wide = tract(total, { form: 'primal' });
    expect(() => wide(tf.zeros([30000, 1]), tf.zeros([2, 30000]))).toThrow(RangeError);
    expect(() => wide(tf.zeros([30000, 1]), tf.zeros([2, 30000]))).toThrow(/BatchMatMul has 30000 features/);
    expect(tract(total)(tf.zeros([30000, 1]), tf.zeros([2, 30000])).dataSync()[0]).toBe(0);
    const apart: Net = (v, u) => tf.add(total(v, u), total(v, tf.mul(u, 2)));
    expect(() => tract(apart)(tf.zeros([30000, 1]), tf.zeros([2, 30000]))).toThrow(
      /BatchMatMul has 30000 features/,
    );
  });
});

describe('in company', () => {
  inTidy('tract of tract is tract, and of a model with a tract inside corrects the rest', () => {
    const once = grad(tract(energy, 0.3))(w(), x());
    close(grad(tract(tract(energy, 0.3), 5))(w(), x()), once);
    expect(tract.describe(tract(tract(energy, 0.3), 5), w(), x()).lambda).toBeCloseTo(0.3, 6);
    const model = (p: { a: tf.Tensor; b: tf.Tensor }, u: tf.Tensor): tf.Tensor =>
      tf.add(tract(energy, 0.3)(p.a, u), energy(p.b, u));
    const found = grad(tract(model, 2))({ a: w(), b: w() }, x());
    close(found.a, once);
    close(found.b, grad(tract(energy, 2))(w(), x()));
  });
  inTidy('loops and checkpoints in either order', () => {
    const expected = grad(tract(overSteps))(w(), xs());
    const inner: Net = (v, rows) => tf.sum(lax.map((row: tf.Tensor) => checkpoint(energy)(v, row), rows));
    close(grad(tract(inner))(w(), xs()), expected);
    close(grad(tract(checkpoint(overSteps)))(w(), xs()), expected);
    close(grad(checkpoint(tract(overSteps)))(w(), xs()), expected);
    const compiled = jit(grad(tract(checkpoint(overSteps))));
    close(compiled(w(), xs()), expected);
    compiled.dispose();
    const both: Net = (v, rows) => tf.add(overSteps(v, rows), energy(v, x(3)));
    close(grad(tract(checkpoint(both)))(w(), xs()), grad(tract(both))(w(), xs()));
    const counted: Net = (v, u) =>
      lax.foriLoop(0, 3, (_: tf.Tensor, s: tf.Tensor) => tf.add(s, energy(v, u)), tf.scalar(0));
    close(grad(tract(counted))(w(), x()), tf.mul(3, grad(tract(energy))(w(), x())));
  });
  inTidy('a training run as one loop', () => {
    for (const net of [energy, twice]) {
      const step = (v: tf.Tensor, u: tf.Tensor): tf.Tensor => tf.sub(v, tf.mul(0.1, grad(tract(net))(v, u)));
      const [trained] = lax.scan((v: tf.Tensor, u: tf.Tensor) => [step(v, u), null] as const, w(), xs());
      let expected = w();
      for (let t = 0; t < 3; t++) expected = step(expected, tf.reshape(tf.slice(xs(), [t], [1]), [6, 4]));
      close(trained, expected);
    }
  });
  inTidy('tract inside vmap inside jit', () => {
    const step = jit(vmap((u: tf.Tensor) => grad(tract(twice))(w(), u)));
    const rows = [0, 1, 2].map((t) => grad(tract(twice))(w(), tf.reshape(tf.slice(xs(), [t], [1]), [6, 4])));
    close(step(xs()), tf.stack(rows));
    step.dispose();
  });
  inTidy('reduce and sample see a loop as one batch', () => {
    const seen: number[] = [];
    const reduce = (gram: tf.Tensor, rows: number): tf.Tensor => {
      seen.push(rows);
      return tf.clone(gram);
    };
    const found = grad(tract(overSteps, { sample: 0.5, reduce }))(w(), xs());
    expect(seen.at(-1)).toBe(3 * 3);
    const halves = tf.reshape(tf.slice(xs(), [0, 0, 0], [3, 3, 4]), [9, 4]);
    const a = tf.add(tf.div(tf.matMul(halves, halves, true), 9), tf.mul(0.1, tf.eye(4)));
    close(tf.matMul(a, found), grad(overSteps)(w(), xs()));
  });
});

describe('errors leave nothing behind', () => {
  const fails = (call: () => unknown, message: RegExp): void => {
    const { numTensors } = tf.memory();
    expect(() => tf.tidy(() => void call())).toThrow(message);
    expect(tf.memory().numTensors).toBe(numTensors);
  };
  inTidy('of the body, in its first run and its second', () => {
    const [v, u] = [w(), x()];
    let runs = 0;
    const failing =
      (at: number): Net =>
      (p, d) => {
        const y = twice(p, d);
        if (++runs === at) throw new Error('boom');
        return y;
      };
    fails(() => grad(tract(failing(1)))(v, u), /boom/);
    runs = 0;
    fails(() => jvp((p: tf.Tensor) => tract(failing(2))(p, u), [v], [v]), /boom/);
    const inLoop: Net = (p, rows) =>
      tf.sum(
        lax.map((row: tf.Tensor) => {
          energy(p, row);
          throw new Error('boom');
        }, rows) as never,
      );
    fails(() => grad(tract(inLoop))(v, xs()), /boom/);
  });
  inTidy('of a function that is not pure', () => {
    const [v, u] = [w(), x()];
    let runs = 0;
    const moody: Net = (p, d) => (runs++ === 0 ? twice(p, d) : tf.add(twice(p, d), energy(p, x(2))));
    fails(() => jvp((p: tf.Tensor) => tract(moody)(p, u), [v], [v]), /second time.*pure/);
  });
  inTidy('of a layer inside a function with a derivative of its own', () => {
    const own = customVjp(energy, {
      fwd: (v: tf.Tensor, u: tf.Tensor) => [energy(v, u), [v, u]] as const,
      bwd: ([v, u], ct: tf.Tensor) => [tf.mul(ct, v), tf.mul(ct, u)] as const,
    });
    const [v, u] = [w(), x()];
    fails(() => grad(tract((p: tf.Tensor, d: tf.Tensor) => own(p, d)))(v, u), /no first layer.*customVjp/s);
  });
  inTidy('of a weight for each outer step in an inner loop', () => {
    const nested = (ws: tf.Tensor, rows: tf.Tensor): tf.Tensor =>
      tf.sum(
        lax.map(
          ({ v, u }: { v: tf.Tensor; u: tf.Tensor }) =>
            tf.sum(lax.map((row: tf.Tensor) => energy(v, tf.reshape(row, [1, 4])), u)),
          { v: ws, u: rows },
        ),
      );
    const [ws, rows] = [uniform([3, 4, 3], 'ws'), xs()];
    fails(() => grad(tract(nested))(ws, rows), /differs from step to step.*loop inside it/s);
  });
});
