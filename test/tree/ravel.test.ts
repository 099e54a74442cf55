import * as tf from '@tensorflow/tfjs-core';
import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { leaves, map, ravel, structure } from '../../src/tree';
import { anyTree } from './arbitraries';

const values = (tree: unknown): unknown => map((x: any) => x.arraySync() as unknown, tree as any);
const inTidy = (body: () => void) => () => {
  tf.tidy(body);
};

test(
  'a tree as one vector and back',
  inTidy(() => {
    const [vector, unravel] = ravel({ b: tf.tensor([[1, 2]]), a: 3 });
    expect(vector.arraySync()).toEqual([3, 1, 2]);
    expect(values(unravel(tf.mul(2, vector)))).toEqual({ a: 6, b: [[2, 4]] });
  }),
);

const shape = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 });

property.prop([anyTree(shape.map((s) => ({ shape: new Int32Array(s) }).shape))])('round trip', (shapes) => {
  tf.tidy(() => {
    let next = 0;
    const tree = map((s: any) => {
      const dims = [...(s as Int32Array)];
      return tf.tensor(
        Array.from({ length: tf.util.sizeFromShape(dims) }, () => next++),
        dims,
        'float32',
      );
    }, shapes as any) as unknown;
    const [vector, unravel] = ravel(tree);
    expect(vector.arraySync()).toEqual(Array.from({ length: next }, (_, i) => i));
    const back = unravel(vector);
    expect(structure(back).equals(structure(tree))).toBe(true);
    expect(leaves(back).map((t: any) => t.shape)).toEqual(leaves(tree).map((t: any) => t.shape));
    expect(values(back)).toEqual(values(tree));
  });
});

test(
  'dtypes are restored',
  inTidy(() => {
    const [vector, unravel] = ravel([tf.tensor1d([1, 2], 'int32'), tf.tensor1d([0.5]), tf.scalar(true)]);
    expect(vector.dtype).toBe('float32');
    expect(leaves(unravel(vector)).map((t) => t.dtype)).toEqual(['int32', 'float32', 'bool']);
    const [whole, back] = ravel([tf.tensor1d([1], 'int32')]);
    expect(whole.dtype).toBe('int32');
    expect(() => back(tf.tensor1d([1.5]))).toThrow(/expected a tensor int32\[1\], got a tensor float32\[1\]/);
  }),
);

test(
  'misuse is named',
  inTidy(() => {
    const [vector, unravel] = ravel({ a: tf.ones([2]), b: 1 });
    expect(() => unravel(tf.ones([2]))).toThrow(RangeError);
    expect(() => unravel(tf.ones([4]))).toThrow(/expected a tensor float32\[3\], got a tensor float32\[4\]/);
    expect(() => unravel(tf.ones([3, 1]))).toThrow(RangeError);
    expect(() => unravel(5 as any)).toThrow(TypeError);
    expect(vector.size).toBe(3);
    expect(() => ravel({ w: [tf.ones([1]), 'x'] })).toThrow(/at "w\/1", got the string "x"/);
  }),
);

test(
  'a tree without leaves',
  inTidy(() => {
    const [vector, unravel] = ravel({ a: null });
    expect(vector.shape).toEqual([0]);
    expect(unravel(vector)).toEqual({ a: null });
  }),
);

test('nothing but the results is left', () => {
  const before = tf.memory().numTensors;
  const x = tf.ones([2]);
  const [vector, unravel] = ravel([x, 1]);
  const back = unravel(vector);
  expect(tf.memory().numTensors - before).toBe(4);
  tf.dispose([x, vector, back]);
});
