import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jit } from '../../src';
import { runs } from '../support/runs';

/** Runs a function as it is and jitted; both results' values. */
function both(f: (...args: tf.Tensor[]) => tf.Tensor, ...args: tf.Tensor[]): [tf.Tensor, tf.Tensor] {
  const jitted = jit(f);
  try {
    return [jitted(...args), f(...args)];
  } finally {
    jitted.dispose();
  }
}
function expectEqual([found, expected]: [tf.Tensor, tf.Tensor], tolerance = 0): void {
  expect([found.dtype, found.shape]).toEqual([expected.dtype, expected.shape]);
  const [a, b] = [found.dataSync(), expected.dataSync()];
  for (let i = 0; i < a.length; i++) {
    if (Number.isNaN(a[i]) && Number.isNaN(b[i])) continue;
    if (a[i] !== b[i] && !(Math.abs(a[i]! - b[i]!) <= tolerance * (1 + Math.abs(b[i]!))))
      expect.fail(`element ${i}: ${a[i]} is not ${b[i]}`);
  }
}

// Loops round each result to float32 as the kernels do; the exponentials of those in WebAssembly are their own.
const ROUNDED = 1e-6;

describe('elementwise kernels as loops', () => {
  it('broadcast as the kernels do', () => {
    const axis = fc.constantFrom(1, 2, 3);
    const shapes = fc.array(axis, { minLength: 0, maxLength: 4 }).chain((shape) => {
      const part = fc
        .tuple(fc.nat(shape.length), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
        .map(([drop, ones]) => shape.map((n, i) => (ones[i] ? 1 : n)).slice(drop));
      return fc.tuple(part, part, part);
    });
    fc.assert(
      fc.property(shapes, (given) => {
        tf.tidy(() => {
          const [a, b, c] = (given as number[][]).map((shape, k) => {
            const size = shape.reduce((s, n) => s * n, 1);
            return tf.tensor(
              Array.from({ length: size }, (_, i) => Math.sin(3 * i + k)),
              shape,
            );
          });
          expectEqual(
            both((x, y, z) => tf.mul(tf.add(tf.tanh(x), y), tf.sub(z, tf.mul(x, y))), a!, b!, c!),
            ROUNDED,
          );
        });
      }),
      { numRuns: runs(60) },
    );
  });

  it('keep what is read outside, and run in an order that has their inputs', () =>
    tf.tidy(() => {
      const f = (x: tf.Tensor, y: tf.Tensor): tf.Tensor => {
        const a = tf.tanh(x);
        const rows = tf.sum(a, 1, true); // ends the loop of a
        const b = tf.mul(a, rows);
        const total = tf.sum(tf.square(b)); // of another shape
        const c = tf.add(tf.mul(b, total), tf.matMul(a, y));
        return tf.stack([c, b, tf.exp(tf.neg(c))] as tf.Tensor[]);
      };
      const x = tf.tensor2d([
        [0.1, -0.2],
        [0.7, 0.4],
      ]);
      expectEqual(
        both(
          f,
          x,
          tf.tensor2d([
            [1, 2],
            [3, -1],
          ]),
        ),
        1e-6,
      );
    }));

  it('leave whole numbers to the kernels', () =>
    tf.tidy(() => {
      const x = tf.tensor1d([7, -7, 2 ** 24 + 1], 'int32');
      expectEqual(both((t) => tf.add(tf.mul(t, t), tf.floorDiv(t, tf.scalar(2, 'int32'))), x));
    }));
});

describe('products', () => {
  it('of any sizes, transposed or not, alone or in stacks', () => {
    const size = fc.constantFrom(1, 2, 3, 4, 5, 8, 13);
    fc.assert(
      fc.property(
        size,
        size,
        size,
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('one', 'stack', 'shared'),
        (m, n, k, ta, tb, how) => {
          tf.tidy(() => {
            const lead = how === 'one' ? [] : [3];
            const make = (shape: number[], seed: number): tf.Tensor =>
              tf.tensor(
                Array.from({ length: shape.reduce((s, d) => s * d, 1) }, (_, i) => Math.cos(i * seed)),
                shape,
              );
            const a = make([...lead, ...(ta ? [k, m] : [m, k])], 1.3);
            const b = make([...(how === 'shared' ? [1] : lead), ...(tb ? [n, k] : [k, n])], 2.1);
            expectEqual(
              both((s, t) => tf.matMul(s, t, ta, tb), a, b),
              1e-5,
            );
          });
        },
      ),
      { numRuns: runs(60) },
    );
  });
});

describe.each([
  ['sums', tf.sum],
  ['means', tf.mean],
  ['maxima', tf.max],
] as const)('%s', (_, reduce) => {
  it('over any axes', () =>
    tf.tidy(() => {
      const x = tf.tensor(
        Array.from({ length: 120 }, (_, i) => Math.sin(i)),
        [2, 3, 4, 5],
      );
      for (const axes of [undefined, 0, 3, [0, 1], [1, 2], [2, 3], [0, 2], [1, 3], [0, 1, 2, 3], -2]) {
        expectEqual(
          both((t) => reduce(t, axes), x),
          1e-6,
        );
        expectEqual(
          both((t) => reduce(t, axes, true), x),
          1e-6,
        );
      }
    }));

  it('of what is not a number', () =>
    tf.tidy(() => {
      const x = tf.tensor2d([
        [1, NaN, 2],
        [-3, -1, -2],
      ]);
      expectEqual(both((t) => reduce(t, 1), x));
    }));
});
