import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { grad, hessian, jit, jvp, lax, tract, vmap } from '../../src';
import { relativeError } from './oracle';
import { uniform } from './problem';

type P = Record<string, tf.Tensor>;
type Net = (p: P, xs: tf.Tensor) => tf.Tensor;

const inTidy = (name: string, body: () => void): void => it(name, () => tf.tidy(body));
const close = (found: P, expected: P, tolerance = 2e-5): void => {
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const key in expected)
    expect(
      relativeError([Array.from(found[key]!.dataSync())], [Array.from(expected[key]!.dataSync())]),
    ).toBeLessThan(tolerance);
};

const params = (): P => ({
  w: uniform([3, 4], 'w'),
  u: uniform([4, 4], 'u'),
  v: uniform([4, 2], 'v'),
});
const sequence = (steps = 5): tf.Tensor => uniform([steps, 6, 3], 'xs');
const row = (xs: tf.Tensor, t: number): tf.Tensor => tf.reshape(tf.slice(xs, [t], [1]), xs.shape.slice(1));
const cell = (p: P, h: tf.Tensor, x: tf.Tensor): tf.Tensor =>
  tf.tanh(tf.add(tf.matMul(x, p.w!), tf.matMul(h, p.u!)));
const head = (p: P, h: tf.Tensor): tf.Tensor => tf.mean(tf.square(tf.matMul(h, p.v!)));
const start = (): tf.Tensor => uniform([6, 4], 'start');

/** A recurrent network, as a loop and written out. */
const looped: Net = (p, xs) =>
  head(p, lax.scan((h: tf.Tensor, x: tf.Tensor) => [cell(p, h, x), null] as const, start(), xs)[0]);
const writtenOut: Net = (p, xs) => {
  let h = start();
  for (let t = 0; t < xs.shape[0]!; t++) h = cell(p, h, row(xs, t));
  return head(p, h);
};
/** Its input layer applied to all steps at once. */
const together: Net = (p, xs) => {
  const [steps, b] = xs.shape as [number, number];
  const zs = tf.reshape(tf.matMul(tf.reshape(xs, [-1, 3]), p.w!), [steps, b, 4]);
  let h = tf.zeros([6, 4]);
  for (let t = 0; t < steps; t++) h = tf.tanh(t === 0 ? row(zs, t) : tf.add(row(zs, t), tf.matMul(h, p.u!)));
  return head(p, h);
};

describe('tract sees through lax.scan', () => {
  inTidy('a recurrent network: the rows of all steps, as written out', () => {
    close(grad(tract(looped))(params(), sequence()), grad(tract(writtenOut))(params(), sequence()));
    close({ y: tract(looped)(params(), sequence()) }, { y: looped(params(), sequence()) });
  });

  inTidy('from zeros: as its input layer on one batch of all rows', () => {
    const fromZeros: Net = (p, xs) =>
      head(
        p,
        lax.scan((h: tf.Tensor, x: tf.Tensor) => [cell(p, h, x), null] as const, tf.zeros([6, 4]), xs)[0],
      );
    close(grad(tract(fromZeros))(params(), sequence()), grad(tract(together))(params(), sequence()));
  });

  inTidy('backwards, with outputs of each step, and of one or two steps', () => {
    const bidirectional =
      (loop: typeof lax.scan | undefined): Net =>
      (p, xs) => {
        const step = (h: tf.Tensor, x: tf.Tensor): readonly [tf.Tensor, tf.Tensor] => {
          const next = cell(p, h, x);
          return [next, tf.square(next)];
        };
        if (loop) {
          const [h, ys] = loop(step, start(), xs, { reverse: true });
          return tf.add(head(p, h), tf.sum(tf.mul(ys, uniform(ys.shape, 'ys'))));
        }
        let h = start();
        const ys: tf.Tensor[] = [];
        for (let t = xs.shape[0]! - 1; t >= 0; t--) {
          const [next, y] = step(h, row(xs, t));
          h = next;
          ys.unshift(y);
        }
        return tf.add(head(p, h), tf.sum(tf.mul(tf.stack(ys), uniform([ys.length, 6, 4], 'ys'))));
      };
    for (const steps of [1, 2, 4])
      close(
        grad(tract(bidirectional(lax.scan)))(params(), sequence(steps)),
        grad(tract(bidirectional(undefined)))(params(), sequence(steps)),
      );
  });

  inTidy('one weight inside the loop, computed anew, and outside', () => {
    const inside: Net = (p, xs) => {
      const [sum] = lax.scan(
        (s: tf.Tensor, x: tf.Tensor) =>
          [tf.add(s, tf.sum(tf.sin(tf.matMul(x, tf.mul(p.w!, 2))))), null] as const,
        tf.scalar(0),
        xs,
      );
      return tf.add(sum, tf.sum(tf.matMul(start(), tf.reshape(tf.mul(p.w!, 2), [4, 3]))));
    };
    const outside: Net = (p, xs) =>
      tf.add(
        tf.sum(tf.sin(tf.matMul(tf.reshape(xs, [-1, 3]), tf.mul(p.w!, 2)))),
        tf.sum(tf.matMul(start(), tf.reshape(tf.mul(p.w!, 2), [4, 3]))),
      );
    const both =
      (net: Net): Net =>
      (p, xs) =>
        tf.add(net(p, xs), tf.sum(tf.matMul(row(xs, 0), tf.mul(p.w!, 2))));
    const only = { w: params().w! };
    close(grad(tract(inside))(only, sequence()), grad(tract(outside))(only, sequence()));
    close(grad(tract(both(inside)))(only, sequence()), grad(tract(both(outside)))(only, sequence()));
  });

  inTidy('data that the loop computes, in its carry too', () => {
    const smoothed =
      (loop: boolean): Net =>
      (p, xs) => {
        const step = (m: tf.Tensor, x: tf.Tensor): readonly [tf.Tensor, tf.Tensor] => {
          const next = tf.add(tf.mul(m, 0.5), x);
          return [next, tf.sum(tf.square(tf.matMul(next, p.w!)))];
        };
        if (loop) return tf.sum(lax.scan(step, tf.zeros([6, 3]), xs)[1]);
        let m = tf.zeros([6, 3]);
        const ys: tf.Tensor[] = [];
        for (let t = 0; t < xs.shape[0]!; t++) {
          const [next, y] = step(m, row(xs, t));
          m = next;
          ys.push(y);
        }
        return tf.addN(ys);
      };
    const only = { w: params().w! };
    close(grad(tract(smoothed(true)))(only, sequence()), grad(tract(smoothed(false)))(only, sequence()));
  });

  inTidy('loops in loops', () => {
    const nested: Net = (p, xs) => {
      const [h] = lax.scan(
        (h: tf.Tensor, x: tf.Tensor) =>
          lax.scan((g: tf.Tensor, r: tf.Tensor) => [cell(p, g, tf.reshape(r, [1, 3])), null] as const, h, x),
        tf.zeros([1, 4]),
        xs,
      );
      return head(p, h);
    };
    const flat: Net = (p, xs) =>
      head(
        p,
        lax.scan(
          (g: tf.Tensor, r: tf.Tensor) => [cell(p, g, tf.reshape(r, [1, 3])), null] as const,
          tf.zeros([1, 4]),
          tf.reshape(xs, [-1, 3]),
        )[0],
      );
    close(grad(tract(nested))(params(), sequence(3)), grad(tract(flat))(params(), sequence(3)));
  });

  inTidy('a weight for each step has an A for each step', () => {
    const experts: Net = (p, xs) =>
      tf.sum(
        lax.map(({ w, x }: { w: tf.Tensor; x: tf.Tensor }) => tf.sum(tf.sin(tf.matMul(x, w))), {
          w: p.ws!,
          x: xs,
        }),
      );
    const stacked: Net = (p, xs) => tf.sum(tf.sin(tf.matMul(xs, p.ws!)));
    const ws = { ws: uniform([5, 3, 2], 'ws') };
    close(grad(tract(experts))(ws, sequence()), grad(tract(stacked))(ws, sequence()));
  });

  inTidy('a weight for each step that is used twice in it has an A for each use', () => {
    const ys = uniform([5, 2, 3], 'ys');
    const once =
      (rows: tf.Tensor): Net =>
      (p) =>
        tf.sum(tf.sin(tf.matMul(rows, p.ws!)));
    const twice: Net = (p, xs) =>
      tf.sum(
        lax.map(
          ({ w, x, y }: { w: tf.Tensor; x: tf.Tensor; y: tf.Tensor }) =>
            tf.add(tf.sum(tf.sin(tf.matMul(x, w))), tf.sum(tf.sin(tf.matMul(y, w)))),
          { w: p.ws!, x: xs, y: ys },
        ),
      );
    const ws = { ws: uniform([5, 3, 2], 'ws') };
    const each = [sequence(), ys].map((rows) => grad(tract(once(rows)))(ws, rows).ws!);
    close(grad(tract(twice))(ws, sequence()), { ws: tf.addN(each) });
  });

  inTidy('an embedding in a loop counts the look-ups of all steps', () => {
    const words = tf.tensor2d([0, 1, 1, 3, 3, 3], [3, 2], 'int32');
    const table = { w: uniform([5, 2], 'table') };
    const each: Net = (p, ids) =>
      tf.sum(lax.map((i: tf.Tensor) => tf.sum(tf.square(tf.gather(p.w!, i as tf.Tensor1D))), ids));
    const all: Net = (p, ids) => tf.sum(tf.square(tf.gather(p.w!, tf.reshape(ids, [-1]) as tf.Tensor1D)));
    close(grad(tract(each))(table, words), grad(tract(all))(table, words));
  });

  inTidy('under jit, vmap, forward mode, and for second derivatives', () => {
    const expected = grad(tract(writtenOut))(params(), sequence());
    const inner = jit(tract(looped));
    const outer = jit((p: P, xs: tf.Tensor) => grad(tract(looped))(p, xs));
    close(outer(params(), sequence()), expected);
    close(grad(inner)(params(), sequence()), expected);
    const tangent = { w: uniform([3, 4], 'dw'), u: uniform([4, 4], 'du'), v: uniform([4, 2], 'dv') };
    const along = (f: Net): P => ({ y: jvp((p: P) => tract(f)(p, sequence()), [params()], [tangent])[1] });
    close(along(looped), along(writtenOut));
    close({ y: jvp((p: P) => inner(p, sequence()), [params()], [tangent])[1] }, along(writtenOut));
    for (const compiled of [inner, outer]) compiled.dispose();
    const batch = uniform([2, 3, 6, 3], 'batch');
    const mapped = (f: Net): P => vmap((xs: tf.Tensor) => grad(tract(f))(params(), xs))(batch);
    close(mapped(looped), mapped(writtenOut));
    const second = (f: Net): P => ({
      h: hessian((w: tf.Tensor) => tract(f)({ ...params(), w }, sequence(2)))(params().w!) as tf.Tensor,
    });
    close(second(looped), second(writtenOut), 1e-4);
  });

  inTidy('describe counts the rows of all steps', () => {
    const fromActivation: Net = (p, xs) =>
      head(
        p,
        lax.scan(
          (h: tf.Tensor, x: tf.Tensor) => [cell(p, h, x), null] as const,
          tf.mul(p.v!, tf.ones([4, 2])),
          xs,
        )[0],
      );
    expect(fromActivation).toBeTypeOf('function');
    const { layers, stepOperations } = tract.describe(looped, params(), sequence());
    const plain = tract.describe(writtenOut, params(), sequence());
    const sizes = (list: typeof layers): unknown =>
      list.map(({ parameters, b, n, m }) => ({ parameters, b, n, m })).sort((a, b) => b.b - a.b);
    expect(sizes(layers)).toEqual(sizes(plain.layers));
    expect(stepOperations / plain.stepOperations).toBeCloseTo(1, 1);
  });
});
