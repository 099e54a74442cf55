import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { linalg } from '../../../src';
import { gram } from '../../../src/linalg/wide';
import { gaussian, positiveDefinite, tensorOf } from '../../linalg/kernels/reference';

/** How many shaders of ours are compiled: they have a uniform that tfjs's lack. */
function shaders(): number {
  const { binaryCache } = tf.backend() as unknown as { binaryCache: Record<string, { source: string }> };
  return Object.values(binaryCache).filter(({ source }) => source.includes('uniform int zero;')).length;
}

const solve = (n: number, m: number): void =>
  tf.tidy(() => {
    const a = tensorOf([positiveDefinite(n, 10, `a ${n}`), positiveDefinite(n, 10, `b ${n}`)], n, n);
    const b = tensorOf([gaussian(n, m, `c ${n}`), gaussian(n, m, `d ${n}`)], n, m);
    linalg.solve(a, b).dataSync();
    linalg.cholesky(a).dataSync();
  });

// Compilation takes longer than all else in a small system, in browsers too: a network with layers of ten widths would wait ten times.
test('systems of other sizes run by the shaders that the first has compiled', () => {
  solve(5, 3);
  const before = shaders();
  expect(before).toBeGreaterThan(0);
  solve(7, 4);
  expect(shaders()).toBe(before);
});

// By its key for shaders (4.22) tfjs takes that of one for the other, as stacks of one matrix.
test('matrices are read right however they lie in textures', () =>
  tf.tidy(() => {
    const [b, n] = [4, 6];
    const rows = gaussian(b, n, 'x').flat();
    const found = gram(tf.tensor2d(rows, [b, n])).high.dataSync();
    expect(gram(tf.reshape(tf.tensor2d(rows, [n, b]), [b, n])).high.dataSync()).toEqual(found);
  }));
