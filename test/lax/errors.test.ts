import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { jit, lax } from '../../src';

const s = (): tf.Tensor => tf.scalar(1);

describe('bad input to lax', () => {
  it.each<[string, () => unknown, ErrorConstructor, RegExp]>([
    [
      'a carry of another shape',
      () =>
        lax.scan(
          function step({ h }: any) {
            return [{ h: tf.concat([h, h]) }, null];
          },
          { h: tf.ones([2]) },
          null,
          { length: 2 },
        ),
      RangeError,
      /lax\.scan\(step\): the carry.*"h" is float32\[2\] at first and float32\[4\] then/,
    ],
    [
      'a carry of another type',
      () =>
        lax.scan(
          function step(c: tf.Tensor) {
            return [tf.cast(c, 'int32'), null];
          },
          s(),
          null,
          { length: 2 },
        ),
      TypeError,
      /the carry.*float32\[\] at first and int32\[\] then/,
    ],
    [
      'a carry of another structure',
      () =>
        lax.scan(
          function step(c: any) {
            return [{ a: c.a }, null];
          },
          { a: s(), b: s() },
          null,
          { length: 2 },
        ),
      TypeError,
      /lax\.scan\(step\): the carry: unexpected tree structure.*a, b.*a/s,
    ],
    [
      'no pair',
      () => lax.scan((c: any) => c, s(), null, { length: 1 }),
      TypeError,
      /must return \[carry, y\], got a tensor float32\[\]/,
    ],
    ['no length', () => lax.scan((c: any) => [c, null], s(), null), RangeError, /no length is given/],
    [
      'lengths that differ',
      () => lax.scan((c: any) => [c, null], s(), { a: tf.ones([3]), b: tf.ones([4, 2]) }),
      RangeError,
      /xs at "b" of shape \[4,2\] has length 4, but the loop has 3 steps/,
    ],
    [
      'a scalar to go along',
      () => lax.scan((c: any) => [c, null], s(), s()),
      RangeError,
      /xs of shape \[\] has no axis/,
    ],
    [
      'a length that is none',
      () => lax.scan((c: any) => [c, null], s(), null, { length: -1 }),
      RangeError,
      /length must be a whole number of at least 0, got -1/,
    ],
    [
      'no function',
      () => lax.scan(3 as any, s(), null),
      TypeError,
      /lax\.scan: expected a function, got the number 3/,
    ],
    [
      'a string in the carry',
      () => lax.scan((c: any) => [c, null], 'a', null, { length: 1 }),
      TypeError,
      /init: it: expected a tensor or a number, got the string "a"/,
    ],
    [
      'branches of other shapes',
      () =>
        lax.cond(
          true,
          function yes() {
            return tf.ones([2]);
          },
          () => tf.ones([3]),
        ),
      RangeError,
      /lax\.cond\(yes\): the branches' result.*float32\[3\] at first and float32\[2\] then/,
    ],
    [
      'branches of other structures',
      () =>
        lax.cond(
          true,
          () => [s()] as any,
          () => s(),
        ),
      TypeError,
      /unexpected tree structure/,
    ],
    [
      'a predicate of rank 1',
      () => lax.cond(tf.ones([1]), s, s),
      RangeError,
      /pred must be a scalar, got float32\[1\]/,
    ],
    [
      'a predicate that is none',
      () => lax.cond('a' as any, s, s),
      TypeError,
      /pred must be a boolean.*the string "a"/,
    ],
    [
      'a float index',
      () => lax.switch(s(), [s, s]),
      TypeError,
      /index must be a whole number or an int32 scalar.*float32/,
    ],
    ['no branches', () => lax.switch(0, []), TypeError, /lax\.switch/],
    [
      'a condition of rank 1',
      () =>
        lax.whileLoop(
          () => tf.ones([2]),
          (x: tf.Tensor) => x,
          s(),
        ),
      RangeError,
      /condition must return a scalar, got float32\[2\]/,
    ],
    [
      'a carry that grows in a while',
      () =>
        lax.whileLoop(
          () => true,
          (x: tf.Tensor) => tf.concat([x, x]),
          tf.ones([2]),
        ),
      RangeError,
      /lax\.whileLoop.*float32\[2\] at first and float32\[4\] then/,
    ],
    [
      'a bound with a fraction',
      () => lax.foriLoop(0.5, 2, (_, x: tf.Tensor) => x, s()),
      TypeError,
      /whole numbers, got 0\.5 and 2/,
    ],
    [
      'a float bound',
      () => lax.foriLoop(0, s(), (_, x: tf.Tensor) => x, s()),
      TypeError,
      /upper must be a whole number or an int32 scalar/,
    ],
    [
      'values read in a body',
      () =>
        lax.scan(
          function step(c: tf.Tensor) {
            return [tf.mul(c, c.dataSync()[0]!), null];
          },
          s(),
          null,
          { length: 1 },
        ),
      Error,
      /lax\.scan\(step\): dataSync\(\) needs a concrete value/,
    ],
    [
      'a promise',
      () => lax.scan((async (c: any) => [c, null]) as any, s(), null, { length: 1 }),
      TypeError,
      /promise/,
    ],
  ])('%s', (_, run, kind, message) => {
    tf.tidy(() => {
      let found: unknown;
      try {
        run();
      } catch (error) {
        found = error;
      }
      expect(found).toBeInstanceOf(kind);
      expect((found as Error).message).toMatch(message);
    });
  });

  it('an error in the middle of a jitted loop leaves nothing behind', () => {
    const fails = jit((x: tf.Tensor) => lax.foriLoop(0, 3, (_, y: tf.Tensor) => tf.mul(y, 2), x));
    tf.tidy(() => {
      const x = s();
      fails(x);
      const data = tf.memory().numDataBuffers;
      x.dispose();
      expect(() => fails(x)).toThrow(/disposed/);
      expect(tf.memory().numDataBuffers).toBe(data - 1);
    });
    fails.dispose();
  });
});
