import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import {
  checkpoint,
  grad,
  hessian,
  jacfwd,
  jacrev,
  jit,
  jvp,
  linearize,
  tract,
  valueAndGrad,
  vmap,
} from '../../src';
import { checkGrads } from '../../src/testing';
import { isReadable } from '../../src/tract/readable';
import { relativeError } from './oracle';
import { uniform } from './problem';

interface Params {
  w: tf.Tensor;
  v: tf.Tensor;
}

const params = (): Params => ({ w: uniform([4, 3], 'w'), v: uniform([3, 2], 'v') });
const x = (): tf.Tensor => uniform([6, 4], 'x');
const y = (): tf.Tensor => uniform([6, 4], 'y');
const embed = (p: Params, u: tf.Tensor): tf.Tensor => tf.tanh(tf.matMul(u, tf.reshape(p.w, [4, 3])));
const loss = (p: Params, u: tf.Tensor): tf.Tensor => tf.mean(tf.square(tf.matMul(embed(p, u), p.v)));
const pairLoss = (p: Params, u: tf.Tensor, t: tf.Tensor): tf.Tensor =>
  tf.mean(tf.square(tf.matMul(tf.sub(embed(p, u), embed(p, t)), p.v)));
/** The same with the layer applied once, to both. */
const stackedLoss = (p: Params, u: tf.Tensor, t: tf.Tensor): tf.Tensor => {
  const [a, b] = tf.split(embed(p, tf.concat([u, t], 0)), 2) as [tf.Tensor, tf.Tensor];
  return tf.mean(tf.square(tf.matMul(tf.sub(a, b), p.v)));
};

function close(found: tf.Tensor, expected: tf.Tensor, tolerance = 2e-5): void {
  expect(found.shape).toEqual(expected.shape);
  expect(relativeError([Array.from(found.dataSync())], [Array.from(expected.dataSync())])).toBeLessThan(
    tolerance,
  );
}
function alike(found: Params, expected: Params): void {
  close(found.w, expected.w);
  close(found.v, expected.v);
}
const inTidy = (name: string, body: () => void): void => it(name, () => tf.tidy(body));
const example = (batch: tf.Tensor, i: number): tf.Tensor =>
  tf.reshape(tf.slice(batch, [i], [1]), batch.shape.slice(1));

describe('jit', () => {
  const runs = (f: (...args: never[]) => Params, ...args: unknown[]): Params => {
    const compiled = jit(f as (...a: unknown[]) => Params);
    compiled(...args);
    const result = compiled(...args);
    compiled.dispose();
    return result;
  };

  inTidy('around the gradient, inside it, and inside tract', () => {
    const expected = grad(tract(loss))(params(), x());
    alike(runs(grad(tract(loss)), params(), x()), expected);
    const outer = jit(tract(loss));
    alike(grad(outer)(params(), x()), expected);
    const inner = jit(loss);
    alike(grad(tract(inner))(params(), x()), expected);
    for (const compiled of [outer, inner]) compiled.dispose();
  });

  inTidy('follows a schedule of lambda without tracing again', () => {
    let traces = 0;
    const step = jit((p: Params, u: tf.Tensor, lambda: tf.Tensor) => {
      traces++;
      return grad(tract(loss, lambda))(p, u);
    });
    for (const lambda of [0.05, 0.1, 0.2]) {
      alike(step(params(), x(), tf.scalar(lambda)), grad(tract(loss, lambda))(params(), x()));
    }
    expect(traces).toBe(1);
    step.dispose();
  });

  inTidy('a layer with two uses', () => {
    const expected = grad(tract(stackedLoss))(params(), x(), y());
    alike(runs(grad(tract(pairLoss)), params(), x(), y()), expected);
    const outer = jit(tract(pairLoss));
    alike(grad(outer)(params(), x(), y()), expected);
    outer.dispose();
  });
});

describe('checkpoint', () => {
  inTidy('inside and outside', () => {
    const expected = grad(tract(loss))(params(), x());
    alike(grad(checkpoint(tract(loss)))(params(), x()), expected);
    alike(grad(tract((p: Params, u: tf.Tensor) => checkpoint(loss)(p, u)))(params(), x()), expected);
    alike(
      grad(tract((p: Params, u: tf.Tensor) => checkpoint((data: tf.Tensor) => loss(p, data))(u)))(
        params(),
        x(),
      ),
      expected,
    );
  });

  const inner = (p: Params, u: tf.Tensor, t: tf.Tensor): tf.Tensor => {
    const one = (d: tf.Tensor): tf.Tensor =>
      checkpoint((w: tf.Tensor, e: tf.Tensor) => tf.matMul(e, w))(p.w, d);
    return tf.mean(tf.square(tf.matMul(tf.sub(tf.tanh(one(u)), tf.tanh(one(t))), p.v)));
  };

  inTidy('data that are differentiated too, in checkpoints in checkpoints', () => {
    const [g, dx] = grad(tract(stackedLoss), { argnums: [0, 1] })(params(), x(), y());
    for (const f of [inner, checkpoint(inner)]) {
      const { numTensors } = tf.memory();
      const [found, byData] = grad(tract(f), { argnums: [0, 1] })(params(), x(), y());
      alike(found, g);
      close(byData, dx);
      alike(grad(tract(f))(params(), x(), y()), g);
      // The parameters, the data, and the results.
      expect(tf.memory().numTensors - numTensors).toBe(2 * 4 + 5);
    }
  });

  inTidy('second derivatives of what a checkpoint hands on', () => {
    const tangent = { w: uniform([4, 3], 'dw'), v: uniform([3, 2], 'dv') };
    const along = (f: typeof inner): Params =>
      jvp((p: Params) => grad(tract(f))(p, x(), y()), [params()], [tangent])[1];
    const backwards = (f: typeof inner): Params =>
      grad((p: Params) => tf.sum(tf.square(grad(tract(f))(p, x(), y()).w)))(params());
    alike(along(inner), along(pairLoss));
    alike(backwards(inner), backwards(pairLoss));
  });

  inTidy('a layer with two uses, in one checkpoint and in two', () => {
    const expected = grad(tract(stackedLoss))(params(), x(), y());
    const one = (p: Params, u: tf.Tensor, t: tf.Tensor): tf.Tensor => checkpoint(pairLoss)(p, u, t);
    const two = (p: Params, u: tf.Tensor, t: tf.Tensor): tf.Tensor => {
      const branch = checkpoint((data: tf.Tensor) => embed(p, data));
      return tf.mean(tf.square(tf.matMul(tf.sub(branch(u), branch(t)), p.v)));
    };
    alike(grad(tract(one))(params(), x(), y()), expected);
    alike(grad(tract(two))(params(), x(), y()), expected);
  });

  inTidy('what it saves is saved inside tract too', () => {
    const wide = uniform([64, 4], 'wide');
    const deep = (block: (h: tf.Tensor) => tf.Tensor) => (p: Params, u: tf.Tensor) =>
      tf.mean(block(block(block(tf.matMul(u, p.w)))));
    const body = (h: tf.Tensor): tf.Tensor => tf.tanh(tf.sin(tf.exp(tf.tanh(tf.square(tf.tanh(h))))));
    const held = (f: (p: Params, u: tf.Tensor) => tf.Tensor): number => {
      let before = 0;
      tf.tidy(() => {
        const noted = (p: Params, u: tf.Tensor): tf.Tensor => {
          const value = tract(f)(p, u);
          before = tf.memory().numBytes;
          return value;
        };
        grad(noted)(params(), u());
      });
      return before;
    };
    const u = (): tf.Tensor => wide;
    expect(held(deep(checkpoint(body)))).toBeLessThan(held(deep(body)) - 6 * 64 * 3 * 4);
  });
});

describe('vmap', () => {
  const batch = (): tf.Tensor => uniform([3, 6, 4], 'batch');
  const others = (): tf.Tensor => uniform([3, 6, 4], 'others');
  const alone = (f: (u: tf.Tensor, i: number) => tf.Tensor): tf.Tensor =>
    tf.stack([0, 1, 2].map((i) => f(example(batch(), i), i)));

  inTidy('per-example gradients, and the gradient of a sum over examples', () => {
    const expected = alone((u) => grad(tract(loss))(params(), u).w);
    close(vmap((u: tf.Tensor) => grad(tract(loss))(params(), u).w)(batch()), expected);
    const total = (p: Params): tf.Tensor => tf.sum(vmap((u: tf.Tensor) => tract(loss)(p, u))(batch()));
    close(grad(total)(params()).w, tf.sum(expected, 0));
  });

  inTidy('inside, examples are rows of one batch', () => {
    const single = (p: Params, row: tf.Tensor): tf.Tensor => loss(p, tf.expandDims(row, 0));
    const mean = (p: Params, u: tf.Tensor): tf.Tensor => tf.mean(vmap(single, { inAxes: [null, 0] })(p, u));
    alike(grad(tract(mean))(params(), x()), grad(tract(loss))(params(), x()));
  });

  inTidy('over lambda', () => {
    const found = vmap((l: tf.Tensor) => grad(tract(loss, l))(params(), x()).w)(tf.tensor1d([0.1, 1, 10]));
    close(found, tf.stack([0.1, 1, 10].map((l) => grad(tract(loss, l))(params(), x()).w)));
  });

  inTidy('over convolutions and embeddings', () => {
    const images = uniform([2, 3, 5, 4, 2], 'images');
    const conv = (w: tf.Tensor, u: tf.Tensor): tf.Tensor =>
      tf.mean(tf.square(tf.conv2d(u as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')));
    const filter = uniform([2, 2, 2, 3], 'filter');
    const convs = vmap((u: tf.Tensor) => grad(tract(conv))(filter, u))(images);
    close(convs, tf.stack([0, 1].map((i) => grad(tract(conv))(filter, example(images, i)))));

    const words = tf.tensor2d([0, 1, 1, 3, 3, 3], [2, 3], 'int32');
    const mean = (w: tf.Tensor, u: tf.Tensor): tf.Tensor =>
      tf.mean(tf.square(tf.gather(w, u as tf.Tensor1D)));
    const table = uniform([5, 2], 'table');
    const found = vmap((u: tf.Tensor) => grad(tract(mean))(table, u))(words);
    close(found, tf.stack([0, 1].map((i) => grad(tract(mean))(table, example(words, i)))));
  });

  inTidy('a layer with two uses', () => {
    const expected = tf.stack(
      [0, 1, 2].map((i) => grad(tract(stackedLoss))(params(), example(batch(), i), example(others(), i)).w),
    );
    const each = (u: tf.Tensor, t: tf.Tensor): tf.Tensor => grad(tract(pairLoss))(params(), u, t).w;
    close(vmap(each)(batch(), others()), expected);
    const total = (p: Params): tf.Tensor =>
      tf.sum(vmap((u: tf.Tensor, t: tf.Tensor) => tract(pairLoss)(p, u, t))(batch(), others()));
    close(grad(total)(params()).w, tf.sum(expected, 0));
  });

  inTidy('a layer with two uses, one of them the same for every example', () => {
    const anchor = uniform([5, 4], 'anchor');
    const expected = [0, 1, 2].map((i) => grad(tract(pairLoss))(params(), example(batch(), i), y()));
    const each = vmap((u: tf.Tensor) => grad(tract(pairLoss))(params(), u, y()).w)(batch());
    close(each, tf.stack(expected.map(({ w }) => w)));
    const total = (p: Params): tf.Tensor =>
      tf.sum(vmap((u: tf.Tensor) => tract(pairLoss)(p, u, y()))(batch()));
    const sum = grad(total)(params());
    close(sum.w, tf.addN(expected.map(({ w }) => w)));
    close(sum.v, tf.addN(expected.map(({ v }) => v)));
    // As many rows as the layer meets in both, of another number.
    const apart = (p: Params, u: tf.Tensor): tf.Tensor =>
      tf.add(tf.mean(tf.square(embed(p, u))), tf.mean(embed(p, anchor)));
    const joint = (p: Params, u: tf.Tensor): tf.Tensor => {
      const [a, b] = tf.split(embed(p, tf.concat([u, anchor], 0)), [6, 5]) as [tf.Tensor, tf.Tensor];
      return tf.add(tf.mean(tf.square(a)), tf.mean(b));
    };
    close(
      vmap((u: tf.Tensor) => grad(tract(apart))(params(), u).w)(batch()),
      tf.stack([0, 1, 2].map((i) => grad(tract(joint))(params(), example(batch(), i)).w)),
    );
    const compiled = jit((p: Params, u: tf.Tensor) =>
      vmap((d: tf.Tensor) => grad(tract(pairLoss))(p, d, y()).w)(u),
    );
    close(compiled(params(), batch()), each);
    compiled.dispose();
    const deep = vmap((u: tf.Tensor) => grad(tract(checkpoint(pairLoss)))(params(), u, y()).w);
    close(deep(batch()), each);
  });
});

describe('higher derivatives', () => {
  inTidy('are those of the corrected gradient, also by data and lambda', () => {
    const found = (w: tf.Tensor, u: tf.Tensor, lambda: tf.Tensor): tf.Tensor =>
      grad(tract((p: tf.Tensor, d: tf.Tensor) => tf.mean(tf.tanh(tf.matMul(d, p))), lambda))(w, u);
    for (const rows of [3, 6]) {
      checkGrads(found, [uniform([4, 2], 'w'), uniform([rows, 4], 'x'), tf.scalar(0.7)], { order: 1 });
    }
    const conv = (w: tf.Tensor, u: tf.Tensor): tf.Tensor =>
      grad(
        tract((p: tf.Tensor, d: tf.Tensor) =>
          tf.mean(tf.tanh(tf.conv2d(d as tf.Tensor4D, p as tf.Tensor4D, 1, 'valid'))),
        ),
      )(w, u);
    checkGrads(conv, [uniform([2, 2, 1, 2], 'w'), uniform([2, 3, 4, 1], 'x')], { order: 1 });
  });

  inTidy('the Hessian of a tracted loss is A^-1 times that of the loss', () => {
    const f = (w: tf.Tensor): tf.Tensor => loss({ ...params(), w }, x());
    const a = tf.add(tf.div(tf.matMul(x(), x(), true), 6), tf.mul(0.1, tf.eye(4)));
    const found = hessian(tract(f))(params().w) as tf.Tensor;
    const plain = hessian(f)(params().w) as tf.Tensor;
    close(tf.matMul(a, tf.reshape(found, [4, 36])), tf.reshape(plain, [4, 36]), 1e-4);
    close(jacrev(grad(tract(f)))(params().w) as tf.Tensor, found, 1e-4);
  });

  inTidy('jvp and linearize are the transposed map', () => {
    const tangent = { w: uniform([4, 3], 'dw'), v: uniform([3, 2], 'dv') };
    const g = grad(tract(loss))(params(), x());
    const expected = tf.add(tf.sum(tf.mul(g.w, tangent.w)), tf.sum(tf.mul(g.v, tangent.v)));
    const f = (p: Params): tf.Tensor => tract(loss)(p, x());
    close(jvp(f, [params()], [tangent])[1], expected);
    close(linearize(f, params())[1](tangent), expected);
  });

  inTidy('forward mode over a layer with two uses has the rows of both', () => {
    const tangent = { w: uniform([4, 3], 'dw'), v: uniform([3, 2], 'dv') };
    const pair = (p: Params): tf.Tensor => tract(pairLoss)(p, x(), y());
    const g = grad(tract(stackedLoss))(params(), x(), y());
    const expected = tf.add(tf.sum(tf.mul(g.w, tangent.w)), tf.sum(tf.mul(g.v, tangent.v)));
    close(jvp(pair, [params()], [tangent])[1], expected);
    close(linearize(pair, params())[1](tangent), expected);
    const jacobian = jacfwd(pair)(params()) as unknown as Params;
    alike(jacobian, g);
    const deep = (p: Params): tf.Tensor =>
      tract((q: Params, u: tf.Tensor, t: tf.Tensor) => checkpoint(pairLoss)(q, u, t))(p, x(), y());
    close(jvp(deep, [params()], [tangent])[1], expected);
    const compiled = jit(pair);
    close(jvp(compiled, [params()], [tangent])[1], expected);
    const outer = jit((p: Params) => jvp(pair, [p], [tangent])[1]);
    close(outer(params()), expected);
    const [values, moved] = jvp(
      vmap((u: tf.Tensor) => tract(pairLoss)(params(), u, y())),
      [tf.stack([x(), y()])],
      [uniform([2, 6, 4], 'du')],
    );
    expect(values.shape).toEqual(moved.shape);
    for (const f of [compiled, outer]) f.dispose();
  });

  inTidy('along data, forward mode is that of the function', () => {
    const along = uniform([6, 4], 'dx');
    const moved = (f: typeof pairLoss): tf.Tensor =>
      jvp((u: tf.Tensor) => f(params(), u, y()), [x()], [along])[1];
    close(moved(tract(pairLoss)), moved(pairLoss));
    // Of a corrected gradient, where A depends on the data of both.
    const gradient = (f: typeof pairLoss) => (u: tf.Tensor) => grad(tract(f))(params(), u, y()).w;
    close(jvp(gradient(pairLoss), [x()], [along])[1], jvp(gradient(stackedLoss), [x()], [along])[1], 1e-4);
    checkGrads((u: tf.Tensor) => gradient(pairLoss)(u), [x()], { order: 1 });
  });

  inTidy('the Hessian of a layer with two uses, in any mode', () => {
    const of = (f: typeof pairLoss) => (w: tf.Tensor) => tract(f)({ ...params(), w }, x(), y());
    const expected = jacrev(grad(of(stackedLoss)))(params().w) as tf.Tensor;
    close(hessian(of(pairLoss))(params().w) as tf.Tensor, expected, 1e-4);
    close(jacfwd(grad(of(pairLoss)))(params().w) as tf.Tensor, expected, 1e-4);
    close(jacrev(grad(of(pairLoss)))(params().w) as tf.Tensor, expected, 1e-4);
  });

  inTidy('numbers from a hidden state would differ when the body runs again: refused', () => {
    const noisy = (p: Params, u: tf.Tensor, t: tf.Tensor): tf.Tensor =>
      pairLoss(p, tf.mul(u, tf.randomUniform(u.shape)), t);
    const f = (p: Params): tf.Tensor => tract(noisy)(p, x(), y());
    expect(() => jvp(f, [params()], [params()])).toThrow(/randomUniform.*second time.*key/s);
    expect(grad(f)(params()).w.shape).toEqual([4, 3]);
  });
});

describe('sample and reduce', () => {
  inTidy('half of the rows make A', () => {
    const f = (w: tf.Tensor, u: tf.Tensor): tf.Tensor => tf.mean(tf.square(tf.matMul(u, w)));
    const found = grad(tract(f, { sample: 0.5, lambda: 0.3 }))(params().w, x());
    const half = tf.slice(x(), [0, 0], [3, 4]);
    const a = tf.add(tf.div(tf.matMul(half, half, true), 3), tf.mul(0.3, tf.eye(4)));
    close(tf.matMul(a, found), grad(f)(params().w, x()));
  });

  inTidy('half of the images, and of the words', () => {
    const images = uniform([4, 5, 4, 2], 'images');
    const conv = (w: tf.Tensor, u: tf.Tensor): tf.Tensor =>
      tf.sum(tf.square(tf.conv2d(u as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')));
    const filter = uniform([2, 2, 2, 3], 'filter');
    const seen: number[] = [];
    const reduce = (gram: tf.Tensor, rows: number): tf.Tensor => {
      seen.push(rows);
      return tf.clone(gram);
    };
    grad(tract(conv, { sample: 0.5, reduce }))(filter, images);
    expect(seen).toEqual([2 * 5 * 4]);
    const whole = grad(tract(conv, { reduce }))(filter, images);
    close(whole, grad(tract(conv))(filter, images), 1e-4);
  });

  inTidy('a matrix that is not positive definite is an error, which says that the data are finite', () => {
    const f = (w: tf.Tensor, u: tf.Tensor): tf.Tensor => tf.sum(tf.matMul(u, w));
    const broken = grad(tract(f, { reduce: (gram) => tf.neg(gram) }));
    if (isReadable(tf.scalar(0))) {
      expect(() => broken(params().w, x())).toThrow(/could not be factored.*finite.*larger lambda/s);
    } else {
      expect(broken(params().w, x()).dataSync().every(Number.isNaN)).toBe(true);
    }
  });

  inTidy('two halves of a batch, reduced, make the update of the whole', () => {
    const halves = [
      { u: tf.slice(x(), [0, 0], [4, 4]), rows: 4 },
      { u: tf.slice(x(), [4, 0], [2, 4]), rows: 2 },
    ];
    // First every machine states its Gram matrix; then each uses the mean of all, weighted by rows.
    const stated: { gram: tf.Tensor; rows: number }[] = [];
    const sum = (p: Params, u: tf.Tensor): tf.Tensor => tf.sum(tf.square(tf.matMul(embed(p, u), p.v)));
    const state = (gram: tf.Tensor, rows: number): tf.Tensor => {
      stated.push({ gram: tf.keep(tf.clone(gram)), rows });
      return gram;
    };
    for (const { u } of halves) grad(tract(sum, { reduce: state }))(params(), u);
    expect(stated.map(({ rows }) => rows)).toEqual([4, 2]);
    const mean = tf.div(tf.addN(stated.map(({ gram, rows }) => tf.mul(gram, rows))), 6);
    const parts = halves.map(({ u }) => grad(tract(sum, { reduce: () => mean }))(params(), u));
    const whole = grad(tract(sum))(params(), x());
    close(tf.add(parts[0]!.w, parts[1]!.w), whole.w, 1e-5);
    close(tf.add(parts[0]!.v, parts[1]!.v), whole.v, 1e-5);
    for (const { gram } of stated) gram.dispose();
  });
});

describe('with native TensorFlow.js', () => {
  inTidy('tf.variableGrads and tf.tidy inside and around', () => {
    const w = tf.variable(params().w);
    const step = tf.tidy(() => valueAndGrad(tract(loss))({ ...params(), w }, x()));
    close(step[1].w, grad(tract(loss))(params(), x()).w);
    w.dispose();
  });
});
