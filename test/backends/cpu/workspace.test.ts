import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it, vi } from 'vitest';
import { grad, jit, lax } from '../../../src';
import { hasWorkspace, withWorkspace, Workspace } from '../../../src/wasm/workspace';
import { expectClose } from '../../lax/support';

const wave = (shape: number[], k = 1): tf.Tensor =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => Math.sin(1 + k * i)),
    shape,
  );

describe('a workspace', () => {
  it('is there in Node', () => expect(hasWorkspace()).toBe(true));

  it('is the same for one use after the other, and another for a use within a use', () => {
    const first = withWorkspace((space) => space);
    withWorkspace((outer) => {
      expect(outer).toBe(first);
      withWorkspace((inner) => expect(inner).not.toBe(outer));
    });
    expect(withWorkspace((space) => space)).toBe(first);
  });

  it('is free again after an error', () => {
    const first = withWorkspace((space) => space);
    const fail = (): never =>
      withWorkspace(() => {
        throw new Error('no');
      });
    expect(fail).toThrow('no');
    expect(withWorkspace((space) => space)).toBe(first);
  });

  it('grows as far as one use needs, and no further with the next', () => {
    const space = new Workspace();
    space.begin();
    const bytes = (): number => space.memory.buffer.byteLength;
    const before = bytes();
    space.makeOutput([2 ** 20], 'float32');
    const grown = bytes();
    expect(grown).toBeGreaterThan(before);
    for (let i = 0; i < 3; i++) {
      space.begin();
      space.makeOutput([2 ** 20], 'float32');
      expect(bytes()).toBe(grown);
    }
  });
});

/** What f gives as it is and jitted, twice. */
function both(f: (...args: tf.Tensor[]) => tf.Tensor[], ...args: tf.Tensor[]): void {
  const jitted = jit(f);
  const expected = f(...args);
  const first = jitted(...args) as tf.Tensor[];
  const second = jitted(...args) as tf.Tensor[];
  for (const found of [second, first]) expectClose(found, expected, 1e-5);
  jitted.dispose();
}

describe('programs in a workspace', () => {
  it("compute what eager calls do, the backend's own kernels among ours", () =>
    tf.tidy(() => {
      both(
        (x, w, v) => {
          const h = tf.relu(tf.add(tf.matMul(x, w), v)); // ours
          const t = tf.transpose(h); // the backend's
          const rows = tf.cumsum(t, 1);
          const s = tf.sin(tf.mul(rows, 2)); // a loop that WebAssembly has no instructions for
          const y = tf.matMul(s as tf.Tensor2D, h as tf.Tensor2D, false, false);
          const best = tf.argMax(y, 1); // int32
          const picked = tf.gather(y, best);
          const large = tf.greater(picked, 0.1); // bool
          return [tf.where(large, picked, tf.neg(picked)), best, large, tf.max(y), tf.reshape(y, [-1])];
        },
        wave([9, 7]),
        wave([7, 5], 2),
        wave([5], 3),
      );
    }));

  it('of convolutions and pools, with their gradients', () =>
    tf.tidy(() => {
      const loss = (filter: tf.Tensor, x: tf.Tensor): tf.Tensor => {
        const y = tf.relu(tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, [1, 1], 'same'));
        const halves = tf.maxPool(y as tf.Tensor4D, 2, 2, 'valid');
        const thirds = tf.maxPool(y as tf.Tensor4D, 3, 2, 'same');
        return tf.add(tf.mean(tf.square(halves)), tf.mean(tf.mul(thirds, 0.5)));
      };
      both(
        (x, filter) => [loss(filter, x), grad(loss)(filter, x), grad(loss, { argnums: 1 })(filter, x)],
        wave([2, 6, 8, 3]),
        wave([3, 3, 3, 4], 2),
      );
    }));

  it("of transpositions, parts and softmax, without the backend's kernels for them", () =>
    tf.tidy(() => {
      const attention = (x: tf.Tensor): tf.Tensor[] => {
        const parts = tf.unstack(tf.transpose(tf.mul(x, 2), [0, 2, 1, 3]), 2);
        const scores = tf.softmax(tf.matMul(parts[0]!, parts[1]!, false, true));
        return [tf.matMul(scores, parts[2]!), ...tf.split(x, [1, 16], 1)];
      };
      const x = wave([16, 17, 3, 8]);
      both(attention, x);
      const kernels = ['Transpose', 'Softmax', 'Unpack', 'SplitV'].map((name) =>
        vi.spyOn(tf.getKernel(name, 'cpu')!, 'kernelFunc'),
      );
      const jitted = jit(attention);
      jitted(x);
      for (const kernel of kernels) expect(kernel).not.toHaveBeenCalled();
      vi.restoreAllMocks();
      jitted.dispose();
    }));

  it.each<[number[], number[] | undefined]>([
    [[130, 9], [0]],
    [[33, 70], [1]],
    [[3, 41, 17], [1]],
    [
      [3, 7, 5, 12],
      [1, 2],
    ],
    [[1031], undefined],
  ])("find extrema of %j over %j, NaN where there is one, without the backend's kernels", (shape, axis) =>
    tf.tidy(() => {
      const extrema = (x: tf.Tensor): tf.Tensor[] => {
        const y = tf.neg(x);
        return [tf.max(y, axis), tf.min(y, axis)];
      };
      const x = wave(shape);
      const values = x.dataSync();
      for (const special of [undefined, NaN, -Infinity, Infinity]) {
        const given =
          special === undefined
            ? x
            : tf.tensor(
                values.map((v, i) => (i === 5 ? special : v)),
                shape,
              );
        const expected = extrema(given).map((t) => [...t.dataSync()]);
        const kernels = ['Max', 'Min'].map((name) => vi.spyOn(tf.getKernel(name, 'cpu')!, 'kernelFunc'));
        const jitted = jit(extrema);
        expect(jitted(given).map((t) => [...t.dataSync()])).toEqual(expected);
        for (const kernel of kernels) expect(kernel).not.toHaveBeenCalled();
        vi.restoreAllMocks();
        jitted.dispose();
      }
    }),
  );

  it('give values of their own: later calls change no earlier result, and neither does a workspace', () =>
    tf.tidy(() => {
      const f = jit((x: tf.Tensor) => {
        const y = tf.matMul(tf.mul(x, 2), x);
        return [y, y, tf.reshape(y, [-1]), x];
      });
      const x = wave([6, 6]);
      const results = f(x);
      const values = results.map((t) => Array.from(t.dataSync()));
      f(tf.mul(x, 3)).forEach((t) => t.dispose());
      withWorkspace((space) => space.begin(2 ** 16));
      expect(results.map((t) => Array.from(t.dataSync()))).toEqual(values);
      expect(values[3]).toEqual(Array.from(x.dataSync()));
      f.dispose();
    }));

  it('call each other', () =>
    tf.tidy(() => {
      const inner = jit((x: tf.Tensor) => tf.tanh(tf.matMul(x, tf.add(x, 1))));
      const scanned = (x: tf.Tensor): tf.Tensor =>
        lax.scan((carry: tf.Tensor) => [inner(tf.mul(carry, 0.5)), tf.sum(carry)], x, null, { length: 3 })[0];
      both((x) => [tf.matMul(inner(tf.matMul(x, x)), scanned(tf.matMul(x, x)))], wave([5, 5]));
      inner.dispose();
    }));

  it('that fail leave nothing behind, and the next call is right', () =>
    tf.tidy(() => {
      const f = jit((x: tf.Tensor, i: tf.Tensor) => {
        const y = tf.matMul(tf.tanh(x), tf.add(x, 1));
        return tf.matMul(tf.gather(y, i), x);
      });
      const x = wave([5, 5]);
      const [good, bad] = [tf.tensor1d([1, 3], 'int32'), tf.tensor1d([1, 7], 'int32')];
      const before = f(x, good);
      const count = tf.memory();
      expect(() => f(x, bad)).toThrow('the index value 7 is not in [0, 4]');
      expect(tf.memory()).toEqual(count);
      expect(Array.from(f(x, good).dataSync())).toEqual(Array.from(before.dataSync()));
      f.dispose();
    }));
});
