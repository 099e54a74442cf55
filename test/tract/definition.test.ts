import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, jit, stopGradient, tract, vmap } from '../../src';
import { isStandIn } from '../support/runs';
import { relativeError, rows, ridge, solve } from './oracle';
import { uniform } from './problem';

/** A^-1 times the ordinary gradient of a weight `[n, m]` that meets `x` `[b, n]`. */
function corrected(x: tf.Tensor, plain: tf.Tensor, lambda = 0.1): tf.Tensor {
  const [n, m] = plain.shape as [number, number];
  const a = ridge(rows(x.dataSync(), n), lambda);
  return tf.tensor2d(solve(a, rows(plain.dataSync(), m)));
}

function close(found: tf.Tensor, expected: tf.Tensor, tolerance = 1e-4): void {
  expect(found.shape).toEqual(expected.shape);
  expect(relativeError([Array.from(found.dataSync())], [Array.from(expected.dataSync())])).toBeLessThan(
    tolerance,
  );
}

const differs = (a: tf.Tensor, b: tf.Tensor): boolean =>
  relativeError([Array.from(a.dataSync())], [Array.from(b.dataSync())]) > 0.01;

type P = Record<string, tf.Tensor>;
const inTidy = (name: string, body: () => void): void => it(name, () => tf.tidy(body));
const params = (shapes: Record<string, number[]>): P =>
  Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [name, uniform(shape, name)]));

describe('what counts as a first layer', () => {
  const x = (): tf.Tensor => uniform([7, 4], 'x');

  inTidy('two first layers of one model, and no later one', () => {
    const p = params({ a: [4, 3], b: [5, 3], c: [3, 2] });
    const y = uniform([7, 5], 'y');
    const loss = (q: P, u: tf.Tensor, v: tf.Tensor): tf.Tensor =>
      tf.mean(tf.square(tf.matMul(tf.tanh(tf.add(tf.matMul(u, q.a!), tf.matMul(v, q.b!))), q.c!)));
    const plain = grad(loss)(p, x(), y);
    const found = grad(tract(loss))(p, x(), y);
    close(found.a!, corrected(x(), plain.a!));
    close(found.b!, corrected(y, plain.b!));
    expect(found.c!.dataSync()).toEqual(plain.c!.dataSync());
  });

  inTidy(
    'a convolution later on is left alone, also a product with data of what comes from a first layer',
    () => {
      const p = params({ w: [4, 3], k: [3, 3, 2] });
      const adjacency = uniform([7, 7], 'adjacency');
      const loss = (q: P, u: tf.Tensor): tf.Tensor => {
        const h = tf.relu(tf.matMul(adjacency, tf.matMul(u, q.w!)));
        return tf.mean(
          tf.square(tf.conv1d(tf.expandDims(h, 0) as tf.Tensor3D, q.k as tf.Tensor3D, 1, 'same')),
        );
      };
      const plain = grad(loss)(p, x());
      const found = grad(tract(loss))(p, x());
      close(found.w!, corrected(x(), plain.w!));
      expect(found.k!.dataSync()).toEqual(plain.k!.dataSync());
    },
  );

  inTidy('closed-over data, and inputs of several dimensions with a bias', () => {
    const p = params({ w: [4, 3], bias: [3] });
    const data = uniform([2, 5, 4], 'data');
    const loss = (q: P): tf.Tensor => tf.mean(tf.square(tf.add(tf.matMul(data, q.w!), q.bias!)));
    const plain = grad(loss)(p);
    const found = grad(tract(loss))(p);
    close(found.w!, corrected(tf.reshape(data, [10, 4]), plain.w!));
    expect(found.bias!.dataSync()).toEqual(plain.bias!.dataSync());
  });
});

describe('weights that are computed', () => {
  const x = (): tf.Tensor => uniform([9, 4], 'x');
  const net = (w: tf.Tensor, u: tf.Tensor): tf.Tensor => tf.mean(tf.square(tf.tanh(tf.matMul(u, w))));

  /** The gradient of the weight is corrected; on its way to the parameters it is pulled back as ever. */
  function throughWeight(weight: (p: P) => tf.Tensor, p: P): void {
    const g = corrected(x(), grad(net)(weight(p), x()));
    const expected = grad((q: P) => tf.sum(tf.mul(weight(q), g)))(p);
    const found = grad(tract((q: P, u: tf.Tensor) => net(weight(q), u)))(p, x());
    for (const name of Object.keys(p)) close(found[name]!, expected[name]!);
    const plain = grad((q: P, u: tf.Tensor) => net(weight(q), u))(p, x());
    expect(Object.keys(p).some((name) => differs(found[name]!, plain[name]!))).toBe(true);
  }

  inTidy('weight normalisation', () =>
    throughWeight(
      ({ v, s }) => tf.mul(tf.div(v!, tf.sqrt(tf.add(tf.sum(tf.square(v!), 0, true), 1e-6))), s!),
      params({ v: [4, 3], s: [3] }),
    ),
  );
  inTidy('low rank', () => throughWeight(({ u, v }) => tf.matMul(u!, v!), params({ u: [4, 2], v: [2, 3] })));
  inTidy('low rank with a frozen factor', () => {
    const p = params({ u: [4, 2], v: [2, 3] });
    throughWeight(({ u, v }) => tf.matMul(stopGradient(u!), v!), p);
  });
  inTidy('masked', () => {
    const mask = tf.tensor2d([1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 0, 1], [4, 3]);
    throughWeight(({ w }) => tf.mul(w!, mask), params({ w: [4, 3] }));
  });
  inTidy('masked by its own size', () =>
    throughWeight(
      ({ w }) => tf.where(tf.greater(tf.abs(w!), 0.3), w!, tf.zerosLike(w!)),
      params({ w: [4, 3] }),
    ),
  );
  inTidy('partly frozen', () =>
    throughWeight(
      ({ w }) => tf.concat([stopGradient(tf.slice(w!, [0, 0], [2, 3])), tf.slice(w!, [2, 0], [2, 3])], 0),
      params({ w: [4, 3] }),
    ),
  );
  inTidy('made of slices', () =>
    throughWeight(
      ({ w }) => tf.concat([tf.slice(w!, [2, 0], [2, 3]), tf.slice(w!, [0, 0], [2, 3])], 0),
      params({ w: [5, 3] }),
    ),
  );

  inTidy('a tied weight, once on data and once behind, is corrected on data alone', () => {
    const p = params({ w: [4, 3] });
    const decode = (h: tf.Tensor, w: tf.Tensor): tf.Tensor => tf.matMul(h, w, false, true);
    const loss = (enc: tf.Tensor, dec: tf.Tensor, u: tf.Tensor): tf.Tensor =>
      tf.mean(tf.squaredDifference(decode(tf.tanh(tf.matMul(u, enc)), dec), u));
    const [enc, dec] = grad(loss, { argnums: [0, 1] })(p.w!, p.w!, x());
    const found = grad(tract((q: P, u: tf.Tensor) => loss(q.w!, q.w!, u)))(p, x());
    close(found.w!, tf.add(corrected(x(), enc), dec));
  });

  inTidy('a frozen first layer makes features: the next one is the first that trains', () => {
    const p = params({ w: [4, 5], v: [5, 2] });
    const features = (q: P): tf.Tensor => tf.tanh(tf.matMul(x(), stopGradient(q.w!)));
    const loss = (q: P): tf.Tensor => tf.mean(tf.square(tf.matMul(features(q), q.v!)));
    const found = grad(tract(loss))(p);
    close(found.v!, corrected(features(p), grad(loss)(p).v!));
    expect(found.w!.dataSync().every((value) => value === 0)).toBe(true);
  });
});

describe('a layer that is applied to data more than once', () => {
  const x = (): tf.Tensor => uniform([6, 4], 'x');
  const y = (): tf.Tensor => uniform([3, 4], 'y', 0, 3);
  const both = (): tf.Tensor => tf.concat([x(), y()], 0);
  const p = (): P => params({ w: [4, 3], v: [3, 2] });
  const embed = (q: P, u: tf.Tensor): tf.Tensor => tf.tanh(tf.matMul(u, tf.mul(q.w!, 2)));
  const head = (a: tf.Tensor, b: tf.Tensor, v: tf.Tensor): tf.Tensor =>
    tf.add(tf.mean(tf.square(tf.matMul(a, v))), tf.sum(tf.mul(tf.mean(b, 0), 0.3)));
  const apart = (q: P, u: tf.Tensor, t: tf.Tensor): tf.Tensor => head(embed(q, u), embed(q, t), q.v!);
  const together = (q: P, all: tf.Tensor): tf.Tensor => {
    const z = embed(q, all);
    return head(tf.slice(z, [0, 0], [6, 3]), tf.slice(z, [6, 0], [3, 3]), q.v!);
  };

  inTidy('has the Gram matrix of all its rows, as one batch', () => {
    const found = grad(tract(apart))(p(), x(), y());
    const expected = grad(tract(together))(p(), both());
    close(found.w!, expected.w!, 1e-5);
    close(found.v!, expected.v!, 1e-5);
  });

  inTidy('also where one branch has no gradient', () => {
    const stopped = (q: P, u: tf.Tensor, t: tf.Tensor): tf.Tensor =>
      head(embed(q, u), stopGradient(embed(q, t)), q.v!);
    const joint = (q: P, all: tf.Tensor): tf.Tensor => {
      const z = embed(q, all);
      return head(tf.slice(z, [0, 0], [6, 3]), stopGradient(tf.slice(z, [6, 0], [3, 3])), q.v!);
    };
    close(grad(tract(stopped))(p(), x(), y()).w!, grad(tract(joint))(p(), both()).w!, 1e-5);
  });

  inTidy('several outputs, integers and numbers among them', () => {
    const f = (q: P, u: tf.Tensor, t: tf.Tensor) => {
      const [a, b] = [embed(q, u), embed(q, t)];
      return { loss: head(a, b, q.v!), best: tf.argMax(a, 1), count: 2 };
    };
    const out = tract(f)(p(), x(), y());
    expect(out.count).toBe(2);
    expect(out.best.dtype).toBe('int32');
    expect(out.loss.dataSync()).toEqual(f(p(), x(), y()).loss.dataSync());
    const found = grad(tract((q: P, u: tf.Tensor, t: tf.Tensor) => f(q, u, t).loss))(p(), x(), y());
    close(found.w!, grad(tract(together))(p(), both()).w!, 1e-5);
  });

  inTidy('in either order of the product', () => {
    const other = (q: P, u: tf.Tensor): tf.Tensor =>
      tf.tanh(tf.transpose(tf.matMul(tf.mul(q.w!, 2), u, true, true)));
    const mixed = (q: P, u: tf.Tensor, t: tf.Tensor): tf.Tensor => head(embed(q, u), other(q, t), q.v!);
    close(grad(tract(mixed))(p(), x(), y()).w!, grad(tract(together))(p(), both()).w!, 1e-5);
  });

  inTidy('an embedding counts all its look-ups', () => {
    const [i, j] = [tf.tensor1d([0, 1, 1, 4], 'int32'), tf.tensor1d([1, 3], 'int32')];
    const table = uniform([5, 3], 'table');
    const f = (w: tf.Tensor): tf.Tensor =>
      tf.add(tf.sum(tf.square(tf.gather(w, i))), tf.sum(tf.gather(w, j)));
    const counts = tf.tensor2d([1, 3, 0, 1, 1], [5, 1]);
    close(grad(tract(f, 0.5))(table), tf.div(grad(f)(table), tf.add(tf.div(counts, 6), 0.5)), 1e-5);
  });
});

describe('refused', () => {
  inTidy('a model with no first layer: says what was looked for', () => {
    const scale = (p: P, x: tf.Tensor): tf.Tensor => tf.sum(tf.mul(p.w!, x));
    expect(() => grad(tract(scale))(params({ w: [2] }), tf.ones([2]))).toThrow(
      /tract\(scale\): no first layer.*BatchMatMul.*Conv2D/s,
    );
  });
  it('lambda and options of a wrong kind', () => {
    const f = (w: tf.Tensor, x: tf.Tensor): tf.Tensor => tf.sum(tf.matMul(x, w));
    for (const lambda of [0, -1, NaN, Infinity]) {
      expect(() => tract(f, lambda)).toThrow(RangeError);
      expect(() => tract(f, { lambda })).toThrow(/lambda/);
    }
    expect(() => tract(f, { form: 'both' as never })).toThrow(RangeError);
    expect(() => tract(f, { sample: 0 })).toThrow(RangeError);
    expect(() => tract(f, { reduce: 3 as never })).toThrow(TypeError);
    expect(() => tract(f, 'much' as never)).toThrow(TypeError);
    expect(() => tract('loss' as never)).toThrow(TypeError);
    tf.tidy(() => {
      expect(() => tract(f, tf.ones([2]))).toThrow(TypeError);
      // On webgpu and webgl values are not read on the way: a tensor's sign is not checked there.
      if (isStandIn()) return;
      expect(() => grad(tract(f, tf.scalar(0)))(tf.ones([2, 1]), tf.ones([1, 2]))).toThrow(RangeError);
    });
  });
  inTidy('NaN and Inf in the data, in either form and for any layer', () => {
    // On webgpu and webgl values are not read on the way: the gradient is NaN there.
    const isRead = !isStandIn();
    const refused = (f: (w: tf.Tensor) => tf.Tensor, w: tf.Tensor): void => {
      if (isRead) expect(() => grad(f)(w)).toThrow(/NaN or Inf/);
      else expect(grad(f)(w).dataSync().some(Number.isNaN)).toBe(true);
    };
    for (const value of [NaN, Infinity]) {
      const x = tf.tensor2d([1, 2, value, 3, 1, 0], [3, 2]);
      for (const form of ['primal', 'dual'] as const) {
        const dense = tract((w: tf.Tensor) => tf.sum(tf.matMul(x, w)), { form });
        refused(dense, tf.ones([2, 1]));
      }
      const image = tf.reshape(x, [1, 3, 2, 1]) as tf.Tensor4D;
      const conv = tract((w: tf.Tensor) => tf.sum(tf.conv2d(image, w as tf.Tensor4D, 1, 'same')));
      refused(conv, tf.ones([2, 2, 1, 1]));
    }
  });
  inTidy('under jit and vmap too, with nothing left behind', () => {
    const dense = tract((w: tf.Tensor, x: tf.Tensor) => tf.sum(tf.matMul(x, w)));
    const step = jit((w: tf.Tensor, x: tf.Tensor) => grad(dense)(w, x));
    const [good, bad] = [tf.ones([3, 2]), tf.tensor2d([1, 2, NaN, 3, 1, 0], [3, 2])];
    const w = tf.ones([2, 1]);
    const expected = step(w, good);
    const { numTensors } = tf.memory();
    const each = (): tf.Tensor => vmap((x: tf.Tensor) => grad(dense)(w, x))(tf.stack([good, bad]));
    if (isStandIn()) {
      expect(step(w, bad).dataSync().some(Number.isNaN)).toBe(true);
    } else {
      expect(() => step(w, bad)).toThrow(/NaN or Inf/);
      expect(tf.memory().numTensors).toBe(numTensors);
      expect(() => tf.tidy(each)).toThrow(/NaN or Inf/);
      expect(tf.memory().numTensors).toBe(numTensors);
    }
    close(step(w, good), expected, 1e-7);
    step.dispose();
  });
  inTidy('but a cotangent with NaN goes through, as in any gradient', () => {
    const x = tf.tensor2d([1, 2, 3, 4], [2, 2]);
    const found = grad(tract((w: tf.Tensor) => tf.sum(tf.mul(NaN, tf.matMul(x, w)))))(tf.ones([2, 1]));
    expect(found.dataSync().every(Number.isNaN)).toBe(true);
  });
});
