import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { random } from '../../src';

describe('bad input to random', () => {
  it.each<[string, (key: tf.Tensor) => unknown, ErrorConstructor, RegExp]>([
    ['a seed with a fraction', () => random.key(0.5), TypeError, /random\.key: seed.*got 0\.5/],
    ['a float seed', () => random.key(tf.scalar(1)), TypeError, /random\.key: seed.*float32/],
    ['a number for a key', () => random.uniform(3 as never), TypeError, /random\.uniform: key.*the number 3/],
    ['a float key', () => random.normal(tf.ones([2])), TypeError, /random\.normal: key.*float32\[2\]/],
    [
      'many keys',
      (k) => random.normal(random.keys(k, 3)),
      RangeError,
      /one key, int32\[2\], got int32\[3,2\]/,
    ],
    [
      'a negative size',
      (k) => random.normal(k, [-1]),
      RangeError,
      /shape must be an array of sizes, got \[-1\]/,
    ],
    ['a negative count', (k) => random.split(k, -1), RangeError, /random\.split/],
    ['an empty interval', (k) => random.randint(k, [1], 5, 5), RangeError, /minval < maxval, got 5 and 5/],
    [
      'crossed bounds',
      (k) => random.truncatedNormal(k, 2, 1),
      RangeError,
      /lower must be less than upper, got 2 and 1/,
    ],
    [
      'int probabilities',
      (k) => random.bernoulli(k, tf.scalar(1, 'int32')),
      TypeError,
      /random\.bernoulli: p must be float32/,
    ],
    ['more than sure', (k) => random.bernoulli(k, 2), RangeError, /bernoulli: p must be in \[0, 1\], got 2/],
    ['less than never', (k) => random.bernoulli(k, -1), RangeError, /bernoulli: p must be in/],
    [
      'a bound that is a string',
      (k) => random.uniform(k, [2], { minval: 'a' as never }),
      TypeError,
      /random\.uniform: minval must be a number, got the string "a"/,
    ],
    [
      'an axis out of range',
      (k) => random.categorical(k, tf.ones([2]), { axis: 1 }),
      RangeError,
      /axis 1 is out of bounds.*\[2\]/,
    ],
    [
      'a shape that does not fit',
      (k) => random.categorical(k, tf.ones([3, 2]), { shape: [4] }),
      RangeError,
      /shape \[4\] must end in \[3\]/,
    ],
    [
      'too many draws',
      (k) => random.choice(k, 3, [4], { replace: false }),
      RangeError,
      /can't draw 4 of 3 elements without/,
    ],
    [
      'odd weights',
      (k) => random.choice(k, 3, [1], { p: tf.ones([2]) }),
      RangeError,
      /p must have shape \[3\], got \[2\]/,
    ],
    ['a scalar to shuffle', (k) => random.permutation(k, tf.scalar(1)), TypeError, /random\.permutation/],
    ['a fraction to fold', (k) => random.fold(k, 1.5), TypeError, /random\.fold: data.*1\.5/],
  ])('%s', (_, run, kind, message) => {
    tf.tidy(() => {
      const key = random.key(0);
      expect(() => run(key)).toThrow(kind);
      expect(() => run(key)).toThrow(message);
    });
  });
});
