import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { grad, jit } from '../../src';

it('a hundred traces of one function are warned of, once', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const f = jit((x: tf.Tensor) => tf.neg(x));
  tf.tidy(() => {
    for (let n = 1; n <= 120; n++) f(tf.zeros([n]));
    for (let n = 1; n <= 120; n++) f(tf.zeros([n]));
  });
  f.dispose();
  const texts = warn.mock.calls.map(([text]) => String(text)).filter((text) => text.includes('jit'));
  expect(texts).toEqual([expect.stringMatching(/jit\(f\) has been traced 100 times/)]);
  warn.mockRestore();
});

it('each call is told from the one before', () => {
  let traces = 0;
  const f = jit((p: { w: tf.Tensor | number; b?: tf.Tensor | null }) => {
    traces++;
    return { y: tf.mul(p.w, 2), b: p.b ?? null };
  });
  const first = (p: Parameters<typeof f>[0]): number => (f(p).y as tf.Tensor).dataSync()[0]!;
  tf.tidy(() => {
    const w = tf.tensor1d([3, 4]);
    expect([first({ w }), first({ w }), traces]).toEqual([6, 6, 1]);
    expect([first({ w: 5 }), first({ w }), traces]).toEqual([10, 6, 2]);
    expect([first({ w: tf.scalar(7) }), first({ w, b: null }), first({ w }), traces]).toEqual([14, 6, 6, 3]);
    expect(f({ w, b: w }).b!.dataSync()).toEqual(w.dataSync());
    expect([first({ w: tf.tensor1d([1, 2], 'int32') }), first({ w }), traces]).toEqual([2, 6, 5]);
    // Within a transformation it is no call of its own.
    expect(grad((x: tf.Tensor) => tf.sum(f({ w: x }).y))(w).dataSync()).toEqual(new Float32Array([2, 2]));
    const other = tf.tensor1d([8, 9]);
    other.dispose();
    expect(() => f({ w: other })).toThrow(/jit\(f\): argument 0 at "w": .* is disposed/);
    expect(first({ w })).toBe(6);
  });
  f.dispose();
});

it('results outside of a tidy scope are counted, and nothing else', () => {
  const f = jit((x: tf.Tensor) => [tf.exp(x), x]);
  const x = tf.tensor1d([0, 1]);
  tf.dispose(f(x));
  const before = tf.memory().numTensors;
  const results = f(x);
  expect(tf.memory().numTensors).toBe(before + 2);
  tf.dispose(results);
  expect(x.dataSync()[1]).toBe(1);
  expect(tf.memory().numTensors).toBe(before);
  x.dispose();
  f.dispose();
});
