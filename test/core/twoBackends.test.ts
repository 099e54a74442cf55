import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, test } from 'vitest';
import { grad, jit, lax, tract, vmap } from '../../src';

const here = tf.getBackend();

/** Tensors that `make` makes on another backend, which is not in use when `body` runs. */
async function withTensorsOf<T extends tf.Tensor>(backendName: string, make: () => T, body: (t: T) => void) {
  await tf.setBackend(backendName);
  const t = tf.tidy(make);
  await tf.setBackend(here);
  try {
    tf.tidy(() => body(t));
  } finally {
    t.dispose();
  }
}

describe('a tensor of another backend', () => {
  const column = (): tf.Tensor2D => tf.tensor2d([[1], [2]]);

  test('moves to the one in use, as an argument and as a constant', () =>
    withTensorsOf('cpu', column, (x) => {
      const loss = (w: tf.Tensor): tf.Tensor => tf.sum(tf.mul(tf.matMul(x, w), tf.matMul(x, w)));
      const w = tf.tensor2d([[3]]);
      expect(grad(loss)(w).dataSync()[0]).toBeCloseTo(30, 4);
      expect(grad((t: tf.Tensor) => tf.sum(tf.square(t)))(x).arraySync()).toEqual([[2], [4]]);
      expect(vmap((t: tf.Tensor) => tf.mul(t, 2))(x).arraySync()).toEqual([[2], [4]]);
      const compiled = jit(grad(loss));
      expect(compiled(w).dataSync()[0]).toBeCloseTo(30, 4);
      expect(compiled(tf.slice(x, 1)).dataSync()[0]).toBeCloseTo(20, 4);
      compiled.dispose();
      const corrected = grad(tract(loss, 0.5))(w);
      expect(corrected.dataSync()[0]).toBeCloseTo(10, 4);
    }));

  // On tensorflow tfjs alone takes it for [6].
  test('moves in the shape that it was given last', () =>
    withTensorsOf(
      'cpu',
      () => tf.reshape(tf.range(0, 6), [2, 3]),
      (x) => {
        const column = (t: tf.Tensor): tf.Tensor => tf.matMul(t, tf.ones<tf.Rank.R2>([3, 1]));
        const loss = (t: tf.Tensor): tf.Tensor => tf.sum(tf.square(column(t)));
        const gradient = [
          [6, 6, 6],
          [24, 24, 24],
        ];
        expect(grad(loss)(x).arraySync()).toEqual(gradient);
        expect(vmap((t: tf.Tensor) => tf.sum(t))(x).arraySync()).toEqual([3, 12]);
        // By its kernels one by one, then by a graph of them, and as a constant.
        const compiled = jit(grad(loss));
        for (let i = 0; i < 3; i++) expect(compiled(x).arraySync()).toEqual(gradient);
        compiled.dispose();
        const shifted = jit((t: tf.Tensor) => [tf.sum(tf.add(x, t), 0), x] as const);
        for (const y of [1, 2].map(() => shifted(tf.ones([2, 3])))) {
          expect(y.map((t) => t.arraySync())).toEqual([[5, 7, 9], x.arraySync()]);
          expect(grad(loss)(y[1]).arraySync()).toEqual(gradient);
        }
        shifted.dispose();
        const steps = (t: tf.Tensor): tf.Tensor =>
          lax.scan((c: tf.Tensor, row) => [tf.add(c, row), null], tf.zeros([3]), t)[0];
        expect(steps(x).arraySync()).toEqual([3, 5, 7]);
        const w = tf.variable(x);
        expect(grad(loss)(w).arraySync()).toEqual(gradient);
        w.dispose();
      },
    ));
});

/** A backend whose data can't be read at once, as those of graphics cards in a page. */
class Unreadable extends tf.KernelBackend {
  private readonly counts = new Map<object, number>();
  private readonly data = new tf.DataStorage<unknown>(this, tf.engine() as never);
  override write(values: tf.BackendValues): object {
    const id = {};
    this.counts.set(id, 1);
    this.data.set(id, values);
    return id;
  }
  override readSync(): never {
    throw new Error('this backend reads nothing at once');
  }
  override numDataIds = (): number => this.data.numDataIds();
  override refCount = (id: object): number => this.counts.get(id) ?? 0;
  override incRef = (id: object): void => void this.counts.set(id, this.refCount(id) + 1);
  override disposeData = (id: object): boolean => this.counts.delete(id) && this.data.delete(id);
  override floatPrecision = (): 32 => 32;
  override dispose = (): void => {};
}

describe('a tensor of another backend that can not be moved', () => {
  tf.registerBackend('unreadable', () => new Unreadable());
  afterAll(() => tf.removeBackend('unreadable'));
  const message = new RegExp(
    `^\\w+: input \\w+, float32\\[2\\], is on the unreadable backend and could not be moved to ${here}, which is in use\\. ` +
      'Read it with await tensor\\.data\\(\\) and make a new tensor of it\\.$',
  );
  const pair = (): tf.Tensor1D => tf.tensor1d([1, 2]);

  test('is named, with what to do', () =>
    withTensorsOf('unreadable', pair, (x) => {
      const square = (t: tf.Tensor): tf.Tensor => tf.sum(tf.square(t));
      expect(() => grad(square)(x)).toThrow(message);
      expect(() => vmap((t: tf.Tensor) => tf.sin(t))(x)).toThrow(message);
      expect(() => grad((w: tf.Tensor) => tf.sum(tf.mul(w, x)))(tf.ones([2]))).toThrow(message);
    }));

  test('is named as a constant of a captured program, too', () =>
    withTensorsOf('unreadable', pair, (x) => {
      const scaled = jit((w: tf.Tensor) => tf.mul(tf.sin(w), x));
      expect(() => scaled(tf.ones([2]))).toThrow(message);
      scaled.dispose();
    }));
});
