import * as tf from '@tensorflow/tfjs-core';
import { expect, it, vi } from 'vitest';
import { jit } from '../../src';

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
