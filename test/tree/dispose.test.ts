import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { all, dispose } from '../../src/tree';
import { Point } from './point';

test('disposes tensors in every kind of container and leaves the rest alone', () => {
  const x = tf.ones([2]);
  const tree = {
    a: [x, x, 1, null, 'text'],
    m: new Map([['k', tf.ones([1])]]),
    p: new Point<unknown>(tf.ones([1]), 2, 'p'),
  };
  dispose(tree);
  expect(x.isDisposed).toBe(true);
  dispose(tree);
});

test('all refuses tensors, which are truthy whatever they hold', () => {
  const tree = { ok: tf.scalar(false) };
  expect(() => all(tree)).toThrow(/leaf at "ok" is a tensor/);
  dispose(tree);
});
