import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { jit } from '../../src';
import { runs } from '../support/runs';

/** A shape of rank up to 4, and for each of three operands along which axes it is repeated, and how many it lacks in front. */
const broadcasts = fc.integer({ min: 1, max: 4 }).chain((rank) =>
  fc.record({
    shape: fc.array(fc.integer({ min: 1, max: 6 }), { minLength: rank, maxLength: rank }),
    operands: fc.array(
      fc.record({
        repeated: fc.array(fc.boolean(), { minLength: rank, maxLength: rank }),
        missing: fc.integer({ min: 0, max: rank }),
      }),
      { minLength: 3, maxLength: 3 },
    ),
  }),
);

it('loops broadcast as the kernels do, whatever repeats along which axis', () => {
  const f = (a: tf.Tensor, b: tf.Tensor, c: tf.Tensor, whole: tf.Tensor): tf.Tensor =>
    tf.add(tf.mul(tf.sub(a, b), c), tf.mul(whole, tf.add(tf.add(a, c), b)));
  fc.assert(
    fc.property(broadcasts, ({ shape, operands }) =>
      tf.tidy(() => {
        const numbers = (dims: number[], from: number): tf.Tensor =>
          tf.reshape(tf.range(from, from + tf.util.sizeFromShape(dims)), dims);
        const xs = operands.map(({ repeated, missing }, i) =>
          numbers(shape.map((d, axis) => (repeated[axis] ? 1 : d)).slice(missing), 10 * i),
        ) as [tf.Tensor, tf.Tensor, tf.Tensor];
        const whole = numbers(shape, -7);
        const jitted = jit(f);
        const [found, expected] = [jitted(...xs, whole), f(...xs, whole)];
        jitted.dispose();
        expect(found.shape).toEqual(expected.shape);
        expect(Array.from(found.dataSync())).toEqual(Array.from(expected.dataSync()));
      }),
    ),
    {
      numRuns: runs(150),
      examples: [
        [
          {
            shape: [9, 5, 4],
            operands: [
              [0, 1, 1],
              [1, 1, 0],
              [1, 0, 1],
            ].map((r) => ({ repeated: r.map(Boolean), missing: 0 })),
          },
        ],
      ],
    },
  );
});
