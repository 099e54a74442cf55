import * as tf from '@tensorflow/tfjs-core';
import { describe, it } from 'vitest';
import { intercepted } from '../../src/core/dispatch';
import { closeTo } from '../support/cases';
import { tolerance } from '../support/tolerance';

// Large enough for webgl to compute on the device, where numbers lie in texels of two by two.
const WIDE = 131;
const wave = ([n, m]: [number, number]): tf.Tensor2D =>
  tf.tensor2d(
    Array.from({ length: n * m }, (_, i) => Math.sin(i)),
    [n, m],
  );
const matrix = (n: number, m: number, isTransposed: boolean): [number, number] =>
  isTransposed ? [m, n] : [n, m];
/** The same numbers, with nothing beside them. */
const afresh = (x: tf.Tensor2D): tf.Tensor2D => tf.tensor(x.dataSync(), x.shape);

describe.each([1, 3])('a product over an axis of %i is that of the numbers alone', (k) => {
  it.each([
    [false, false],
    [false, true],
    [true, false],
    [true, true],
  ])('transposed: %s, %s', (transposeA, transposeB) =>
    tf.tidy(() => {
      const withBias = (shape: [number, number]): tf.Tensor2D =>
        tf.exp(tf.add(wave(shape), tf.ones([shape[1]]))) as tf.Tensor2D;
      const a = withBias(matrix(WIDE, k, transposeA));
      const b = withBias(matrix(k, WIDE, transposeB));
      closeTo(
        intercepted(() => tf.matMul(a, b, transposeA, transposeB)),
        tf.matMul(afresh(a), afresh(b), transposeA, transposeB),
        tolerance().reordered,
      );
    }),
  );
});
