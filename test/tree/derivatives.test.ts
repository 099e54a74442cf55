import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { grad } from '../../src';
import { map, ravel } from '../../src/tree';
import { Point } from './point';

const values = (tree: unknown): unknown => map((x: any) => x.arraySync() as unknown, tree as any);

test('the gradient of a registered class is one', () => {
  tf.tidy(() => {
    const f = (p: Point<tf.Tensor>): tf.Scalar => tf.mul(tf.mul(p.x, p.x), p.y);
    const gradient = grad(f)(new Point<tf.Tensor>(tf.scalar(3), tf.scalar(2), 'n'));
    expect(gradient).toBeInstanceOf(Point);
    expect(values(gradient)).toEqual(new Point(12, 9, 'n'));
  });
});

test('derivatives pass through ravel, both ways', () => {
  tf.tidy(() => {
    const tree = { a: tf.tensor2d([[1, 2]]), b: tf.scalar(3) };
    const [vector, unravel] = ravel(tree);
    const ofVector = (v: tf.Tensor): tf.Scalar => tf.sum(tf.pow(unravel(v).a, 3));
    expect(values(grad(ofVector)(vector))).toEqual([3, 12, 0]);
    const ofTree = (t: typeof tree): tf.Scalar => tf.sum(tf.square(ravel(t)[0]));
    expect(values(grad(ofTree)(tree))).toEqual({ a: [[2, 4]], b: 6 });
  });
});
